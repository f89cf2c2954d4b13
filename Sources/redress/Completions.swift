// What a shell completes of a command line, for three shells, from the list of subcommands and
// their help. What must hold: text of a description cannot end the quotes that it stands in.

struct Completions {
  enum Shell: String, CaseIterable { case bash, zsh, fish }

  /// Of one subcommand.
  struct Command {
    var name: String
    var summary: String
    var help: HelpText

    init(_ tool: any CommandLineTool.Type) {
      (name, summary, help) = (tool.name, tool.summary, HelpText(tool.help))
    }
  }

  let commands: [Command]

  func text(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  private var bash: String {
    let cases = commands.map { command in
      let words = command.help.verbs + command.help.options.map(\.name) + ["--help"]
      return "    \(command.name)) words=\"\(words.joined(separator: " "))\" ;;"
    }
    let withValue = Set(commands.flatMap { $0.help.options }.filter { $0.value != nil }.map(\.name))
    return """
      # bash completion for redress: source this file, or save it as
      # /usr/share/bash-completion/completions/redress
      _redress() {
        local word=${COMP_WORDS[COMP_CWORD]} words=""
        if ((COMP_CWORD == 1)); then
          words="\((commands.map(\.name) + ["help", "--help", "--version"]).joined(separator: " "))"
        else
          case ${COMP_WORDS[COMP_CWORD - 1]} in
            \(withValue.sorted().joined(separator: "|"))) ;;
            *)
              case ${COMP_WORDS[1]} in
      \(cases.map { "          " + $0 }.joined(separator: "\n"))
              esac
              ;;
          esac
        fi
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        ((${#COMPREPLY[@]})) || mapfile -t COMPREPLY < <(compgen -f -- "$word")
      }
      complete -o filenames -F _redress redress
      """
  }

  private var zsh: String {
    let list = commands.map { "    '\($0.name):\(Self.zshText($0.summary))'" }
    let cases = commands.map { command in
      let verbs = command.help.verbs
      let options = command.help.options.map { option in
        let value = option.value.map { ":\($0):_files" } ?? ""
        return "'*\(option.name)[\(Self.zshText(option.summary))]\(value)'"
      }
      let rest =
        verbs.isEmpty
        ? "'*:file:_files'" : "'1:verb:(\(verbs.joined(separator: " ")))' '*:file:_files'"
      return "    \(command.name)) _arguments \((options + [rest]).joined(separator: " ")) ;;"
    }
    return """
      #compdef redress
      # zsh completion for redress: save it as _redress in a folder of $fpath.
      _redress() {
        local -a commands=(
      \(list.joined(separator: "\n"))
        )
        if ((CURRENT == 2)); then
          _describe command commands
          return
        fi
        local command=$words[2]
        shift words
        ((CURRENT--))
        case $command in
      \(cases.joined(separator: "\n"))
        esac
      }
      _redress "$@"
      """
  }

  private var fish: String {
    var lines = [
      "# fish completion for redress: save it as ~/.config/fish/completions/redress.fish"
    ]
    for command in commands {
      let summary = Self.fishText(command.summary)
      lines.append(
        "complete -c redress -f -n __fish_use_subcommand -a \(command.name) -d '\(summary)'")
    }
    for command in commands {
      let begin = "complete -c redress -n '__fish_seen_subcommand_from \(command.name)'"
      if !command.help.verbs.isEmpty {
        lines.append("\(begin) -f -a '\(command.help.verbs.joined(separator: " "))'")
      }
      for option in command.help.options {
        let value = option.value == nil ? "" : " -r"
        lines.append(
          "\(begin) -l \(option.name.dropFirst(2))\(value) -d '\(Self.fishText(option.summary))'")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// In single quotes, where brackets and colons have a meaning.
  private static func zshText(_ text: String) -> String {
    text.replacing("'", with: "’").replacing("[", with: "(").replacing("]", with: ")")
      .replacing(":", with: "\\:")
  }

  private static func fishText(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
  }
}
