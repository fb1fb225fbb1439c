//! For whoever moves in: the methods of BitPay's official SDKs, and ours.

use std::fmt::Write as _;

use crate::methods::{Call, Methods};

pub(super) fn make(methods: &Methods) -> String {
    let [(node, of_node), (python, of_python)] = methods.installed();
    let mut out = format!(
        "# From call to call\n\n\
         What takes the place of each public method of these clients:\n\n\
         - {}: {} methods\n- {}: {} methods\n- {}, by [its source]({}), which was read and not run\n\n\
         `cargo xtask conformance` installs the first two, and compares their methods with this page. Those of the SDKs \
         for PHP and Java are not listed.\n\n\
         The names under *Here* are methods of both of our clients, unless a type is before them. \
         [capabilities.md](capabilities.md) says what each does, for which facade, by which command of the program, and \
         which of the five SDKs have it; [moving-in.md](moving-in.md), how keys and tokens are taken over.\n",
        node.column,
        of_node.len(),
        python.column,
        of_python.len(),
        methods.csharp.column,
        methods.csharp.source,
    );
    for group in &methods.groups {
        // Writing into a string does not fail.
        let _ = write!(
            out,
            "\n## {}\n\n| Node | Python | C# | Here | |\n| --- | --- | --- | --- | --- |\n",
            group.heading
        );
        for call in &group.calls {
            let Call {
                node,
                python,
                csharp,
                here,
                note,
            } = call;
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {note} |",
                code(node),
                code(python),
                code(csharp),
                code(here)
            );
        }
    }
    out
}

fn code(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
