// What the tests read: the tenant acme with an order, a case, a refund, a hold, a return, a shop.

import CommandHandling
import EventSourcing
import Events
import RunningRedress

extension RunningService {
  func submit(
    _ type: String, _ data: String, tenant: String = "acme", actor: String = "service/shop"
  ) async throws {
    let answer = try await redress.submit(
      "\(tenant)-\(type)", type, data, actor: actor, tenant: tenant)
    guard answer.isAccepted else { fatalError("\(type) was not accepted: \(answer.outcome)") }
  }

  /// Registers a tenant.
  func register(_ tenant: String) async throws {
    try await submit(
      "RegisterTenant",
      #"{"name":"Acme","currency":"GBP","timeZone":"Europe/London","agentApprovalLimit":10000}"#,
      tenant: tenant)
  }

  func prepare() async throws {
    let (now, later) = (Timestamp.now.description, "2999-01-01T00:00:00Z")
    try await register("acme")
    try await submit("AddAgent", #"{"agentId":"ann","role":"admin"}"#)
    try await submit(
      "DefinePolicy",
      #"{"policyId":"standard","name":"Standard","rules":[],"defaultAction":{"eligible":true}}"#)
    try await submit("ActivatePolicy", #"{"policyId":"standard"}"#)
    try await submit(
      "RecordOrder",
      #"""
      {"orderId":"o1","customerId":"robin","source":"api","currency":"GBP","placedAt":"\#(now)",\#
      "deliveredAt":"\#(now)","lines":[{"lineId":"1","title":"Lantern","quantity":6,\#
      "unitPrice":339}],"payments":[{"paymentId":"p1","amount":2034,"capturedAt":"\#(now)"}]}
      """#)
    try await submit(
      "OpenCase",
      #"{"caseId":"k1","customerId":"robin","orderId":"o1","title":"Broken","type":"product"}"#,
      actor: "customer/robin")
    try await submit(
      "RequestRefund",
      #"""
      {"refundId":"r1","caseId":"k1","orderId":"o1","items":[{"lineId":"1","quantity":1}],\#
      "reason":"damaged"}
      """#, actor: "customer/robin")
    try await submit(
      "ApplyPayoutHold",
      #"""
      {"holdId":"h1","caseId":"k1","orderId":"o1","amount":100,"expiresAt":"\#(later)",\#
      "reason":"Claimed"}
      """#, actor: "agent/ann")
    try await submit(
      "RequestReturn",
      #"""
      {"returnId":"t1","caseId":"k1","orderId":"o1",\#
      "lines":[{"lineId":"1","quantity":1,"reason":{"code":"changed_mind"}}]}
      """#, actor: "customer/robin")
    try await submit(
      "ConnectShop",
      #"""
      {"shopDomain":"acme.myshopify.com","scopes":["read_orders"],"apiVersion":"2025-04",\#
      "webhookEndpoints":[]}
      """#)
    await settle()
  }
}
