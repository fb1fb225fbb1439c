//! For whoever moves in: the methods of BitPay's official SDKs, and ours.

use std::fmt::Write as _;

use crate::methods::Methods;

pub(super) fn make(methods: &Methods) -> String {
    let mut out = String::from(
        "# From call to call\n\nWhat takes the place of each public method of these clients:\n\n",
    );
    // Writing into a string does not fail.
    for (sdk, names) in methods.installed() {
        let _ = writeln!(out, "- {}: {} methods", sdk.column, names.len());
    }
    for sdk in &methods.read {
        let _ = writeln!(
            out,
            "- {}: {} methods, by [its source]({}), which was read and not run",
            sdk.column,
            methods.count_read(sdk),
            sdk.source
        );
    }
    out.push_str(
        "\n`cargo xtask conformance` installs the first two, and compares their methods with this page. Of the others, \
         a later version may have other methods. Constructors are left out, and a name that is overloaded is one \
         method.\n\n\
         The names under *Here* are methods of both of our clients, unless a type is before them. \
         [capabilities.md](capabilities.md) says what each does, for which facade, by which command of the program, and \
         which of the five SDKs have it; [moving-in.md](moving-in.md), how keys and tokens are taken over.\n",
    );
    let read: String = methods
        .read
        .iter()
        .map(|sdk| format!("{} | ", sdk.column))
        .collect();
    let rule = "| --- ".repeat(methods.read.len() + 4);
    for group in &methods.groups {
        let _ = write!(
            out,
            "\n## {}\n\n| Node | Python | {read}Here | |\n{rule}|\n",
            group.heading
        );
        for call in &group.calls {
            let read: String = methods
                .read
                .iter()
                .map(|sdk| format!("{} | ", code(call.in_read(sdk))))
                .collect();
            let _ = writeln!(
                out,
                "| {} | {} | {read}{} | {} |",
                code(&call.node),
                code(&call.python),
                code(&call.here),
                call.note
            );
        }
    }
    out
}

fn code(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
