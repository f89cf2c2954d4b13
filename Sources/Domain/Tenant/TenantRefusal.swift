// Why the rules refuse commands about the tenant, its people, reasons and shop.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse commands about the tenant, its people, reasons and shop.
public enum TenantRefusal: String, RefusalReason {
  case tenantNotRegistered, tenantAlreadyRegistered, tenantSuspended, ofTheService
  case notOfTheService, agentAlreadyAdded, unknownAgent, lastAdmin, reasonNamedTwice
  case unknownParentReason, reasonUnderItself, reasonOfPolicy, otherShopConnected
  case shopNotConnected, topicNamedTwice

  public var guide: RefusalGuide {
    switch self {
    case .tenantNotRegistered:
      RefusalGuide(
        "T1", "The tenant is not registered.",
        "Correct tenant, or register it: RegisterTenant.")
    case .tenantAlreadyRegistered:
      RefusalGuide(
        "T1", "The tenant is registered already.",
        "Change how it works with ChangeTenantSettings.")
    case .tenantSuspended:
      RefusalGuide(
        "T2", "The tenant is suspended and accepts no command but its reinstatement.",
        "Submit ReinstateTenant first.")
    case .ofTheService:
      RefusalGuide(
        "T3",
        "What concerns the service itself is recorded in the tenant _system only, by "
          + "Redress alone.",
        "Do not submit this command.")
    case .notOfTheService:
      RefusalGuide(
        "T3", "The tenant _system takes only what concerns the service itself.",
        "Name a tenant of your own.")
    case .agentAlreadyAdded:
      RefusalGuide(
        "Tenant", "The agent works for the tenant already.",
        "Change the role with ChangeAgentRole.")
    case .unknownAgent:
      RefusalGuide(
        "Tenant", "No agent of this id works for the tenant.",
        "Correct agentId, or add the agent: AddAgent.")
    case .lastAdmin:
      RefusalGuide(
        "Tenant", "Without its only admin the tenant could not be managed.",
        "Make another agent an admin first.")
    case .reasonNamedTwice:
      RefusalGuide(
        "Reasons", "Two reasons have the same code.",
        "Give each reason a code of its own.")
    case .unknownParentReason:
      RefusalGuide(
        "Reasons", "A reason belongs under a code that is none of the reasons.",
        "Correct the parent, or add it to the reasons.")
    case .reasonUnderItself:
      RefusalGuide(
        "Reasons", "The parents of a reason lead back to it, or go too far up.",
        "Leave the parent of one of them out.")
    case .reasonOfPolicy:
      RefusalGuide(
        "Reasons", "The active policy has a rule about a reason that would be gone.",
        "Keep the reason, or define the policy without it first.")
    case .otherShopConnected:
      RefusalGuide(
        "Integrations", "Another shop is connected, and a tenant has one.",
        "Disconnect that shop first: DisconnectShop.")
    case .shopNotConnected:
      RefusalGuide(
        "Integrations", "The shop that the command names is not the one that is connected.",
        "Connect it first: ConnectShop.")
    case .topicNamedTwice:
      RefusalGuide(
        "Integrations", "Two webhook endpoints have the same topic.",
        "Give each topic one endpoint.")
    }
  }
}
