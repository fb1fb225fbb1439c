//! For whoever moves in: the methods of BitPay's official SDKs, and ours.

use std::fmt::Write as _;

use crate::methods::{Call, Methods};

pub(super) fn make(methods: &Methods) -> String {
    let [(node, of_node), (python, of_python)] = methods.installed();
    let mut out = format!(
        "# From call to call\n\n\
         Every public method of the clients of {} ({}) and of {} ({}), and what takes its place here. \
         `cargo xtask conformance` installs both and compares them with this page. The column {} has the names in \
         [its source]({}), which was read and not run. Those of the SDKs for PHP and Java are not listed: \
         [capabilities.md](capabilities.md) says which operations they have.\n\n\
         The names here are those of both clients, and of `bitpay call`. What each does, for which facade, and with \
         which command of the program, is there as well; how keys and tokens are taken over \
         in [moving-in.md](moving-in.md).\n",
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
            let Call { node, python, csharp, here, note } = call;
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
