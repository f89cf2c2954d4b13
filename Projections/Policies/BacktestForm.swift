// The form that tries other settings and rules on a tenant's history. It sends its fields with GET
// and needs no JavaScript; an empty field leaves things as they were.

package import HTML

package struct BacktestForm {
  /// A field of the form, by its name in the query.
  package enum Field: String, CaseIterable, Sendable {
    case returnWindowDays, autoApproveLimit, agentApprovalLimit, fourEyes
    case policy, defaultEligible, defaultRestockingFee, defaultShippingFee, defaultAutoApprove
    case change
  }

  /// The words of a field with two values.
  package static let answers = ["yes", "no"]

  var tenant: String
  /// The ids of the tenant's policies.
  var policies: [String]
  /// What was filled in, by field.
  var values: [Field: String]

  package init(tenant: String, policies: [String], values: [Field: String] = [:]) {
    (self.tenant, self.policies, self.values) = (tenant, policies, values)
  }

  package var section: HTML {
    Projections.section(
      "backtest", "Try a change on the history",
      """
      <p>Every request and approval is decided again, as if this had been so all along. An empty \
      field leaves things as they were. Nothing is written. Amounts are minor units.</p>
      """,
      """
      <form class="fields" method="get" action="/tenants/\(tenant)/backtest">
      \(HTML(joining: Field.allCases.map(control)))
      <p><button>Try it</button></p>
      </form>
      """)
  }

  private func control(_ field: Field) -> HTML {
    let id = "backtest-\(field.rawValue)"
    return """
      <p><label for="\(id)">\(field.label)</label>
      \(input(field, id))</p>
      """
  }

  private func input(_ field: Field, _ id: String) -> HTML {
    let value = values[field] ?? ""
    switch field {
    case .returnWindowDays, .autoApproveLimit, .agentApprovalLimit, .defaultRestockingFee,
      .defaultShippingFee:
      return """
        <input id="\(id)" name="\(field.rawValue)" inputmode="numeric" autocomplete="off" \
        value="\(value)">
        """
    case .fourEyes, .defaultEligible, .defaultAutoApprove:
      return select(field, id, Self.answers)
    case .policy: return select(field, id, policies)
    case .change:
      return """
        <textarea id="\(id)" name="\(field.rawValue)" rows="3" spellcheck="false" \
        maxlength="4096">\(value)</textarea>
        """
    }
  }

  private func select(_ field: Field, _ id: String, _ words: [String]) -> HTML {
    let options = words.map { word -> HTML in
      let selected: HTML = values[field] == word ? " selected" : ""
      return "<option\(selected)>\(word)</option>"
    }
    return """
      <select id="\(id)" name="\(field.rawValue)"><option value="">as it was</option>
      \(HTML(joining: options))</select>
      """
  }
}

extension BacktestForm.Field {
  fileprivate var label: String {
    switch self {
    case .returnWindowDays: "Return window, in days"
    case .autoApproveLimit: "Limit of approvals by policy"
    case .agentApprovalLimit: "Limit of an agent's approvals"
    case .fourEyes: "Four eyes"
    case .policy: "Returns are requested under the policy"
    case .defaultEligible: "Otherwise, items may be returned"
    case .defaultRestockingFee: "Otherwise, restocking fee in basis points"
    case .defaultShippingFee: "Otherwise, shipping fee"
    case .defaultAutoApprove: "Otherwise, approved without a person"
    case .change: "Other rules or reasons, as the JSON of redress backtest"
    }
  }
}
