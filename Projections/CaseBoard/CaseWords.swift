// The words and colours of cases, messages and targets on pages.

import HTML

/// The status as a badge; the colour shows whether the case waits for an agent, waits for another
/// person, or is closed.
func caseStatusBadge(_ status: String) -> HTML {
  let colour =
    switch status {
    case "open", "escalated": "pending"
    case "investigating", "decision_pending": "processing"
    case "awaiting_customer", "awaiting_seller", "closed": "cancelled"
    default: "executed"
    }
  return badge(colour, spacedWords(status))
}

func targetLabel(_ target: String) -> String {
  target == "first_response" ? "first answer" : target
}

func targetState(_ state: String) -> HTML {
  switch state {
  case "met": badge("executed", "met")
  case "breached": badge("failed", "missed")
  default: badge("pending", "open")
  }
}

/// The due time of a target; empty while its clock is paused.
func dueTime(_ dueAt: String?) -> HTML { dueAt.map(time) ?? "the clock stands still" }

/// A link to a case by its title, which is isolated from the id behind it.
func caseLink(_ id: String, _ title: String, of tenant: String) -> HTML {
  "<a href=\"/tenants/\(tenant)/cases/\(id)\">\(title) (\(id))</a>"
}
