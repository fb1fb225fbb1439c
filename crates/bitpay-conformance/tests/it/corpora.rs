//! The corpora of the fuzz targets, replayed, and what they begin with.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[allow(dead_code, reason = "what the targets alone call")]
#[path = "../../../../fuzz/src/lib.rs"]
mod fuzz;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The names of what is in a folder, without their endings.
fn names(of: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder().join(of)).unwrap();
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| stem(entry.unwrap().path())).collect()
}

fn replay(name: &str) {
    let target = fuzz::TARGETS.iter().find(|it| it.name == name).unwrap();
    for seed in fuzz::seeds::of(name) {
        (target.law)(&seed);
    }
    for file in fs::read_dir(folder().join("corpus").join(name)).unwrap() {
        let path = file.unwrap().path();
        // Of what breaks the law, the test's output has the name.
        println!("{}", path.display());
        (target.law)(&fs::read(path).unwrap());
    }
}

macro_rules! replay {
    ($($name:ident)*) => {
        $(#[test] fn $name() { replay(stringify!($name)); })*

        #[test]
        fn every_target_is_replayed_and_has_a_corpus() {
            let replayed = [$(stringify!($name)),*].map(str::to_owned).into();
            let known: BTreeSet<String> =
                fuzz::TARGETS.iter().map(|it| it.name.to_owned()).collect();
            assert_eq!(known, replayed);
            assert_eq!(known, names("fuzz_targets"));
            assert_eq!(known, names("corpus"));
        }
    };
}

replay! {
    answer calls der error_envelope events import key pairing_code request rows sandbox signature sin value webhook
}
