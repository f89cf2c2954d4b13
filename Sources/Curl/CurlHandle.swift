// Owns a libcurl easy handle; its open connections outlive `reset`.

internal import CCurl
import Glibc

@safe final class CurlHandle {
  private let handle: UnsafeMutableRawPointer
  private let errorText = UnsafeMutableBufferPointer<CChar>.allocate(
    capacity: Int(CURL_ERROR_SIZE))

  private static let isInitialised = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

  init() {
    guard CurlHandle.isInitialised, let created = unsafe curl_easy_init() else {
      preconditionFailure("libcurl has no memory to begin with")
    }
    unsafe handle = created
    unsafe errorText.initialize(repeating: 0)
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe errorText.deallocate()
  }

  func reset() { unsafe curl_easy_reset(handle) }

  func set(_ option: CURLoption, _ value: Int) { unsafe ccurl_set_long(handle, option, value) }

  func set(_ option: CURLoption, _ value: String) {
    unsafe ccurl_set_string(handle, option, value)
  }

  func perform(
    _ transfer: Transfer, method: String, headers: [(name: String, value: String)], body: [UInt8]
  ) -> CURLcode {
    let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    unsafe ccurl_set_function(
      handle, CURLOPT_HEADERFUNCTION,
      { data, size, count, context in
        unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
          .takeHeader(UnsafeRawBufferPointer(start: data, count: size * count))
        return size * count
      }, CURLOPT_HEADERDATA, context)
    unsafe ccurl_set_function(
      handle, CURLOPT_WRITEFUNCTION,
      { data, size, count, context in
        let goesOn = unsafe Unmanaged<Transfer>.fromOpaque(context!).takeUnretainedValue()
          .takeBody(UnsafeRawBufferPointer(start: data, count: size * count))
        return goesOn ? size * count : 0
      }, CURLOPT_WRITEDATA, context)
    unsafe errorText[0] = 0
    unsafe ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText.baseAddress)

    var list: UnsafeMutablePointer<curl_slist>?
    defer { unsafe curl_slist_free_all(list) }
    // Without a value a header that libcurl would add by itself is left out.
    for line in ["Expect:", "Content-Type:"] + headers.map({ "\($0.name): \($0.value)" }) {
      if line == "Content-Type:",
        headers.contains(where: { $0.name.lowercased() == "content-type" })
      {
        continue
      }
      unsafe list = curl_slist_append(list, line)
    }
    unsafe ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)

    return unsafe body.withUnsafeBytes { bytes in
      if !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
        unsafe ccurl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, bytes.count)
        unsafe ccurl_set_pointer(
          handle, CURLOPT_POSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(context))
      }
      set(CURLOPT_CUSTOMREQUEST, method)
      if method == "HEAD" { set(CURLOPT_NOBODY, 1) }
      return withExtendedLifetime(transfer) { unsafe curl_easy_perform(handle) }
    }
  }

  /// Trusts the certificates of a file (PEM), and not the system's.
  func trustOnly(_ authorities: String) {
    set(CURLOPT_CAINFO, authorities)
    unsafe ccurl_set_pointer(handle, CURLOPT_CAPATH, nil)
  }

  /// Ends a transfer within about a second once it is cancelled.
  func end(when cancellation: Cancellation) {
    unsafe ccurl_set_progress(
      handle,
      { context, _, _, _, _ in
        unsafe Unmanaged<Cancellation>.fromOpaque(context!).takeUnretainedValue().isCancelled
          ? 1 : 0
      }, Unmanaged.passUnretained(cancellation).toOpaque())
    set(CURLOPT_NOPROGRESS, 0)
    // Does not wait for a resolver that does not answer.
    set(CURLOPT_QUICK_EXIT, 1)
  }

  /// Hands a message to a mail server.
  func send(_ upload: Upload, to recipient: String) -> CURLcode {
    let context = unsafe Unmanaged.passUnretained(upload).toOpaque()
    unsafe ccurl_set_function(
      handle, CURLOPT_READFUNCTION,
      { buffer, size, count, context in
        unsafe Unmanaged<Upload>.fromOpaque(context!).takeUnretainedValue()
          .give(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
      }, CURLOPT_READDATA, context)
    unsafe ccurl_set_function(
      handle, CURLOPT_HEADERFUNCTION,
      { data, size, count, context in
        unsafe Unmanaged<Upload>.fromOpaque(context!).takeUnretainedValue()
          .takeReply(UnsafeRawBufferPointer(start: data, count: size * count))
        return size * count
      }, CURLOPT_HEADERDATA, context)
    set(CURLOPT_UPLOAD, 1)
    unsafe errorText[0] = 0
    unsafe ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText.baseAddress)
    let recipients = unsafe curl_slist_append(nil, recipient)
    defer { unsafe curl_slist_free_all(recipients) }
    unsafe ccurl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
    return withExtendedLifetime(upload) { unsafe curl_easy_perform(handle) }
  }

  /// Ends the connection of the last transfer, if it is still open, so that libcurl neither uses it
  /// again nor waits for an answer to QUIT.
  func breakConnection() {
    var socket = curl_socket_t(-1)
    unsafe ccurl_get_socket(handle, &socket)
    if socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
  }

  func message(for code: CURLcode) -> String {
    let text = unsafe String(cString: errorText.baseAddress!)
    return text.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : text
  }
}
