// The contract of the feed: AsyncAPI 3 with one message for each version of each event. What must
// hold: a message's schema is that of a line of the feed, whose event is a CloudEvent.

import Events
import JSON
import Routing

enum AsyncAPI {
  static let path = "/v1/asyncapi.json"

  private static let schemaFormat = "application/schema+json;version=draft-2020-12"

  static var json: JSONValue {
    .object(of: [
      "asyncapi": .string("3.0.0"),
      "info": .object(of: [
        "title": .string("The events of Redress"), "version": .string("1"),
        "description": .string(
          "Each line of the feed has a token and an event, which is a CloudEvent 1.0 as the log "
            + "has it. Personal texts are sealed. A reader continues with after=TOKEN."),
      ]),
      "defaultContentType": .string("application/x-ndjson"),
      "channels": .object(of: ["events": channel]),
      "operations": .object(of: ["readEvents": operation]),
      "components": .object(of: [
        "messages": .object(PublishedSchema.events.map { .init(name(of: $0), message($0)) }),
        "schemas": .object(
          PublishedSchema.events.map { .init("data.\(name(of: $0))", $0.component) }
            + PublishedSchema.typeComponents),
      ]),
    ])
  }

  private static var channel: JSONValue {
    .object(of: [
      "address": .string("\(FeedRoute.path)"),
      "title": .string("The feed"),
      "description": .string("All events that the caller may read, in the order of the log."),
      "messages": .object(
        PublishedSchema.events.map { schema in
          JSONValue.Member(name(of: schema), reference("components/messages/\(name(of: schema))"))
        }),
    ])
  }

  private static var operation: JSONValue {
    .object(of: [
      "action": .string("send"), "channel": reference("channels/events"),
      "summary": .string("Sends the events from a token on, and those to come with follow=true."),
      "bindings": .object(of: [
        "http": .object(of: ["method": .string("GET"), "bindingVersion": .string("0.3.0")])
      ]),
    ])
  }

  private static func name(of schema: PublishedSchema) -> String {
    "\(schema.name).\(schema.version)"
  }

  private static func reference(_ path: String) -> JSONValue {
    .object(of: ["$ref": .string("#/\(path)")])
  }

  private static func message(_ schema: PublishedSchema) -> JSONValue {
    let examples = (schema.value["examples"]?.elements ?? []).prefix(1)
    return .object(of: [
      "name": .string(schema.name), "title": .string("\(schema.name), version \(schema.version)"),
      "summary": schema.value["description"], "contentType": .string("application/x-ndjson"),
      "payload": .object(of: [
        "schemaFormat": .string(schemaFormat), "schema": line(schema),
      ]),
      "x-data-examples": .array(Array(examples)),
    ])
  }

  /// A line of the feed.
  private static func line(_ schema: PublishedSchema) -> JSONValue {
    JSONShape.object(["token": .text, "event": event(schema)]).schema
  }

  /// The attributes in the order in which the log has them.
  private static func event(_ schema: PublishedSchema) -> JSONShape {
    .object(
      [
        "specversion": .choice(["1.0"]), "id": .matching("^(0|[1-9][0-9]*)$"),
        "source": .matching("^/tenants/[A-Za-z0-9_-]{1,64}$"), "type": .choice([schema.name]),
        "dataschema": .choice([schema.id]),
        "subject": .matching("^[A-Za-z0-9_/-]{1,256}$"), "time": .time, "recordedtime": .time,
        "revision": .wholeNumber, "commandid": .identifier, "commandhash": .text,
        "actor": .type("Actor"), "peeruid": .wholeNumber,
        "data": .component("data.\(name(of: schema))"),
      ], optional: ["principal": .text, "causationid": .text, "correlationid": .text])
  }
}
