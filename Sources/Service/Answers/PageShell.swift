// What every page has around it: a link past the header for keyboards, the navigation of its
// tenant, a warning where it lacks events, and one stylesheet, which is inside the page so that a
// saved page keeps its look.

public import HTML

/// The frame of a whole page.
public enum PageShell {
  static func wrap(_ page: Page, in frame: PageFrame) -> String {
    let header: HTML = """
      <header><a href="/">Redress</a>
      \(frame.links)</header>
      """
    return document(
      page.title, header, "\(frame.banners)\(page.body)", footer: frame.verification?.footer)
  }

  /// A page without links to others, to be kept as a file.
  public static func standalone(_ page: Page) -> String {
    document(page.title, "<header>Redress</header>", page.body)
  }

  private static func document(
    _ title: String, _ header: HTML, _ content: HTML, footer: HTML? = nil
  ) -> String {
    let html: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title) · Redress</title>
      <link rel="icon" href="data:,">
      <style>
      \(PageStyle.css)
      </style>
      </head>
      <body>
      <a class="skip" href="#content">To the content</a>
      \(header)
      <main id="content" tabindex="-1">
      \(content)
      </main>
      \(footer)
      </body>
      </html>

      """
    return html.markup
  }
}
