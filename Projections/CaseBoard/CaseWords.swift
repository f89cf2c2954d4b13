// How pages call what cases are made of.

import HTML

func caseStatusLabel(_ status: String) -> String { status.replacing("_", with: " ") }

/// Its colour says whether it is for us, for somebody else, or over.
func caseStatusBadge(_ status: String) -> HTML {
  let colour =
    switch status {
    case "open", "escalated": "pending"
    case "investigating", "decision_pending": "processing"
    case "awaiting_customer", "awaiting_seller", "closed": "cancelled"
    default: "executed"
    }
  return """
    <span class="status \(colour)">\(caseStatusLabel(status))</span>
    """
}

func targetLabel(_ target: String) -> String {
  target == "first_response" ? "first answer" : target
}

func targetState(_ state: String) -> HTML {
  let (colour, words) =
    switch state {
    case "met": ("executed", "met")
    case "breached": ("failed", "missed")
    default: ("pending", "open")
    }
  return """
    <span class="status \(colour)">\(words)</span>
    """
}

/// When a target runs out; none while its clock stands still.
func dueTime(_ time: String?) -> HTML {
  guard let time else { return "the clock stands still" }
  return """
    <time datetime="\(time)">\(clock(time))</time>
    """
}

func roleLabel(_ role: String) -> String { role.replacing("_", with: " ") }
