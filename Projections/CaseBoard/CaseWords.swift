// The words and colours of pages for what cases are made of.

import HTML

/// Its colour says whether it waits for an agent, waits for another person, or is over.
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

/// When a target runs out; none while its clock stands still.
func dueTime(_ dueAt: String?) -> HTML { dueAt.map(time) ?? "the clock stands still" }
