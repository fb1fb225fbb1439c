//! A release, in steps that can each be interrupted. `docs/releasing.md` says how to make one.
//!
//! All that changes the tree is done to a copy of it, below `target`. What is there at the end, one commit,
//! is taken over when everything has passed and `--execute` was given; so there is nothing to undo, and to
//! run it again is to go on.

mod packages;
mod text;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use packages::{FOLDER, Packed};
pub(crate) use text::{Version, changelog_problem, versions};

use crate::{Outcome, api, ci, git, metadata, root, run};

/// All that the commit of a release changes.
const CHANGED: [&str; 4] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "fuzz/Cargo.lock",
];

/// Packs what strangers get, and tests it from the packages: those of the commit that is checked out.
pub(crate) fn test_packages() -> Outcome {
    if git::clean_tree(&root())?.is_none() {
        return Err(
            "packages are made of a commit, and there are changes that are in none".to_owned(),
        );
    }
    let tree = tree(&root());
    copy(&root(), &tree)?;
    let packed = packages::pack(&tree)?;
    packages::test(&tree, &packed)?;
    print!("{}", table(&packed));
    Ok(())
}

pub(crate) fn start(args: &[&str]) -> Outcome {
    let (version, execute) = match args {
        [version] => (version, false),
        [version, "--execute"] => (version, true),
        _ => return Err("usage: cargo xtask release VERSION [--execute]".to_owned()),
    };
    let release = Release {
        root: root(),
        version: version.parse()?,
        execute,
    };
    let folder = root().join(FOLDER);
    fs::create_dir_all(&folder).map_err(|error| format!("{FOLDER}: {error}"))?;
    let lock = File::create(folder.join("lock")).map_err(|error| format!("{FOLDER}: {error}"))?;
    match lock.try_lock() {
        Ok(()) => release.run(&Cargo),
        Err(TryLockError::WouldBlock) => Err("another release is being made here".to_owned()),
        Err(TryLockError::Error(error)) => Err(format!("{FOLDER}/lock: {error}")),
    }
}

/// What a release asks of others than git.
trait Tools {
    /// Told before each step.
    fn step(&self, name: &str) -> Outcome;
    /// Brings the lock files up to the versions of the manifest.
    fn lock(&self, tree: &Path) -> Outcome;
    /// Whether every check has passed for a tree of this name.
    fn has_passed(&self, tree: &str) -> bool;
    /// Holds the public interfaces against their texts, and against the last release if there is one.
    fn compare(&self, tree: &Path, last: Option<Version>) -> Outcome;
    /// Packs, and tests from the packages; in the order of publication.
    fn pack(&self, tree: &Path) -> Result<Vec<Packed>, String>;
    fn is_published(&self, packed: &Packed) -> Result<bool, String>;
    /// Returns when the registry has it.
    fn publish(&self, tree: &Path, packed: &Packed) -> Outcome;
}

struct Release {
    root: PathBuf,
    version: Version,
    execute: bool,
}

impl Release {
    fn run(&self, tools: &impl Tools) -> Outcome {
        let (root, version) = (&self.root, self.version);
        tools.step("the tree is clean")?;
        if git::clean_tree(root)?.is_none() {
            return Err("there are changes that are in no commit: see `git status`".to_owned());
        }
        let name = format!("Release {version}");
        let is_made = git::ask(root, &["log", "-1", "--format=%s"])? == name;
        if is_made {
            self.changes_what_it_may()?;
        }

        tools.step("every check has passed")?;
        let passed = self.every_check_has_passed(tools, is_made)?;
        match &passed {
            Ok(()) => println!("`cargo xtask ci --full` has passed for this tree"),
            Err(problem) if self.execute => return Err(problem.clone()),
            Err(problem) => println!("NOT YET: {problem}"),
        }

        tools.step("the versions and the changelog")?;
        let last = self.last()?;
        let tree = tree(root);
        copy(root, &tree)?;
        let is_changed = self.edit(tools, &tree)?;
        if is_changed {
            if is_made {
                return Err(format!("the commit {name:?} does not do what it says"));
            }
            self.commit(&tree, &name)?;
            println!(
                "{}",
                git::ask(
                    &tree,
                    &["diff", "HEAD^", "--", "Cargo.toml", "CHANGELOG.md"]
                )?
            );
        } else {
            println!("as they should be: nothing to change");
        }
        let commit = git::ask(&tree, &["rev-parse", "HEAD"])?;
        let tag = self.look_at_tag(&commit)?;

        tools.step("the public interfaces")?;
        tools.compare(&tree, last)?;

        tools.step("the packages")?;
        let packed = tools.pack(&tree)?;

        tools.step("commit and tag")?;
        if !self.execute {
            println!(
                "would make the tag {} at {name:?}, and publish, in this order:\n",
                tag.name
            );
            print!("{}", table(&packed));
            println!("\nnothing was changed and nothing published: that is for --execute");
            if let Err(problem) = passed {
                println!("which will not go on before this: {problem}");
            }
            return Ok(());
        }
        git::tell(root, &["fetch", "--quiet", &tree.to_string_lossy(), "HEAD"])?;
        git::tell(root, &["merge", "--quiet", "--ff-only", "FETCH_HEAD"])?;
        if !tag.is_made {
            git::tell(
                root,
                &["tag", "--annotate", "--message", &name, &tag.name, &commit],
            )?;
        }

        for package in &packed {
            tools.step(&format!("publish {}", package.name))?;
            if tools.is_published(package)? {
                println!("{} {} is published already", package.name, package.version);
            } else {
                tools.publish(&tree, package)?;
            }
        }
        println!("\n{version} is published. What is left: git push --follow-tags");
        Ok(())
    }

    /// The commit of the release was made by an earlier run. Nobody may have hidden anything in it.
    fn changes_what_it_may(&self) -> Outcome {
        let changed = git::ask(&self.root, &["diff", "--name-only", "HEAD^", "HEAD"])?;
        match changed.lines().find(|name| !CHANGED.contains(name)) {
            None => Ok(()),
            Some(other) => Err(format!("the commit of the release changes {other} as well")),
        }
    }

    /// For what is checked out, or for what the commit of the release was made on.
    fn every_check_has_passed(&self, tools: &impl Tools, is_made: bool) -> Result<Outcome, String> {
        let mut trees = vec![git::tree_of(&self.root, "HEAD")?];
        if is_made {
            trees.push(git::tree_of(&self.root, "HEAD^")?);
        }
        if trees.iter().any(|tree| tools.has_passed(tree)) {
            return Ok(Ok(()));
        }
        let commit = git::ask(&self.root, &["rev-parse", "--short", "HEAD"])?;
        Ok(Err(format!(
            "`cargo xtask ci --full` has not passed here for what {commit} holds"
        )))
    }

    /// The newest version that has a tag, before this one.
    fn last(&self) -> Result<Option<Version>, String> {
        let tags = git::ask(&self.root, &["tag", "--list", "v*"])?;
        let versions = tags
            .lines()
            .filter_map(|tag| tag.strip_prefix('v')?.parse().ok());
        Ok(versions.filter(|version| *version < self.version).max())
    }

    /// Whether there was anything to change.
    fn edit(&self, tools: &impl Tools, tree: &Path) -> Result<bool, String> {
        let change = |name: &str, to: &dyn Fn(&str) -> Result<String, String>| {
            let path = tree.join(name);
            let failed = |error: std::io::Error| format!("{name}: {error}");
            let is = fs::read_to_string(&path).map_err(failed)?;
            fs::write(&path, to(&is)?).map_err(failed)
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let today = text::day(now.map_or(0, |since| since.as_secs()));
        change("CHANGELOG.md", &|is| text::date(is, self.version, &today))?;
        change("Cargo.toml", &|is| {
            let (from, _) = versions(is)?;
            if from > self.version {
                return Err(format!("this is {from} already"));
            }
            text::bump(is, self.version)
        })?;
        tools.lock(tree)?;
        Ok(git::clean_tree(tree)?.is_none())
    }

    /// As whoever commits to the repository.
    fn commit(&self, tree: &Path, name: &str) -> Outcome {
        for who in ["user.name", "user.email"] {
            let is = git::ask(&self.root, &["config", who])
                .map_err(|_| format!("git does not know your {who}: see `git help config`"))?;
            git::tell(tree, &["config", who, &is])?;
        }
        git::tell(tree, &["commit", "--quiet", "--all", "--message", name])
    }

    fn look_at_tag(&self, commit: &str) -> Result<Tag, String> {
        let name = format!("v{}", self.version);
        if git::ask(&self.root, &["tag", "--list", &name])?.is_empty() {
            return Ok(Tag {
                name,
                is_made: false,
            });
        }
        if git::ask(&self.root, &["rev-parse", &format!("{name}^{{commit}}")])? == commit {
            return Ok(Tag {
                name,
                is_made: true,
            });
        }
        Err(format!(
            "{name} is the tag of another commit. To go on with that release: git checkout {name}"
        ))
    }
}

fn tree(root: &Path) -> PathBuf {
    root.join(FOLDER).join("tree")
}

/// What git has at its head, and nothing of an earlier run.
fn copy(root: &Path, tree: &Path) -> Outcome {
    if tree.exists() {
        fs::remove_dir_all(tree).map_err(|error| format!("{}: {error}", tree.display()))?;
    }
    let to = tree.to_string_lossy();
    git::tell(root, &["clone", "--quiet", "--shared", ".", &to])
}

struct Tag {
    name: String,
    is_made: bool,
}

fn table(packed: &[Packed]) -> String {
    let mut text = format!(
        "{:<18} {:<9} {:>5} {:>9}\n",
        "package", "version", "files", "KiB"
    );
    for one in packed {
        let kib = one.bytes.div_ceil(1024);
        text += &format!(
            "{:<18} {:<9} {:>5} {kib:>9}\n",
            one.name, one.version, one.files
        );
    }
    text
}

/// The real ones.
struct Cargo;

impl Tools for Cargo {
    fn step(&self, name: &str) -> Outcome {
        println!("\n== {name}");
        Ok(())
    }

    fn lock(&self, tree: &Path) -> Outcome {
        for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
            run(Command::new("cargo")
                .args(["update", "--quiet", "--workspace", "--manifest-path"])
                .arg(tree.join(manifest)))?;
        }
        Ok(())
    }

    fn has_passed(&self, tree: &str) -> bool {
        ci::has_passed(tree)
    }

    fn compare(&self, tree: &Path, last: Option<Version>) -> Outcome {
        // The commit of a release changes none of them, so they may be made of the tree itself.
        api::check()?;
        let Some(last) = last else {
            println!("no baseline: this is the first release, which can break nobody");
            return Ok(());
        };
        run(Command::new("cargo").args(["install", "--locked", "cargo-semver-checks"]))?;
        let mut cargo = Command::new("cargo");
        cargo.args([
            "semver-checks",
            "--all-features",
            "--baseline-rev",
            &format!("v{last}"),
        ]);
        for package in metadata::read_at(tree)?.libraries() {
            cargo.args(["--package", &package.name]);
        }
        run(cargo.current_dir(tree))
    }

    fn pack(&self, tree: &Path) -> Result<Vec<Packed>, String> {
        let packed = packages::pack(tree)?;
        println!(
            "each holds what git knows of its folder, tests included, with licences and README"
        );
        print!("{}", table(&packed));
        let record = root().join(FOLDER).join("tested");
        let is = git::tree_of(tree, "HEAD")?;
        if fs::read_to_string(&record).is_ok_and(|tested| tested == is) {
            println!("they were tested by an earlier run");
        } else {
            packages::test(tree, &packed)?;
            git::tell(tree, &["reset", "--quiet", "--hard"])?;
            git::tell(tree, &["clean", "--quiet", "--force", "-d", "-x"])?;
            fs::write(&record, is).map_err(|error| format!("{}: {error}", record.display()))?;
        }
        Ok(packed)
    }

    fn is_published(&self, packed: &Packed) -> Result<bool, String> {
        let name = format!("{}@{}", packed.name, packed.version);
        let output = Command::new("cargo")
            .args(["info", "--quiet", "--registry", "crates-io", &name])
            // Out of the workspace, in which cargo would find it on the disk.
            .current_dir(std::env::temp_dir())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            Ok(true)
        } else if said.contains("could not find") {
            Ok(false)
        } else {
            Err(format!("whether {name} is published is not known: {said}"))
        }
    }

    fn publish(&self, tree: &Path, packed: &Packed) -> Outcome {
        // What is in the package was built and tested above.
        run(Command::new("cargo")
            .args([
                "publish",
                "--locked",
                "--no-verify",
                "--registry",
                "crates-io",
            ])
            .args(["--package", &packed.name, "--target-dir"])
            .arg(packages::target_dir())
            .current_dir(tree))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    const NAMES: [&str; 3] = ["core", "client", "program"];

    /// A registry and tools in memory, of which the one that is called at a given count fails: before its work
    /// is done, or after, when only the answer is lost.
    struct Fake {
        calls: Cell<usize>,
        fails_at: usize,
        work_is_done: bool,
        has_passed: bool,
        worked_at: RefCell<Vec<usize>>,
        published: RefCell<Vec<String>>,
    }

    impl Fake {
        /// One that only says something.
        fn say(&self) -> Outcome {
            self.call(None::<fn()>)
        }

        fn call(&self, work: Option<impl FnOnce()>) -> Outcome {
            let call = self.calls.get();
            self.calls.set(call + 1);
            let fails = call == self.fails_at;
            if let Some(work) = work.filter(|_| !fails || self.work_is_done) {
                self.worked_at.borrow_mut().push(call);
                work();
            }
            if fails {
                Err("killed".to_owned())
            } else {
                Ok(())
            }
        }
    }

    impl Tools for Fake {
        fn step(&self, _: &str) -> Outcome {
            self.say()
        }

        fn lock(&self, tree: &Path) -> Outcome {
            self.call(Some(|| {
                let manifest = fs::read_to_string(tree.join("Cargo.toml")).unwrap();
                let (version, _) = versions(&manifest).unwrap();
                fs::write(tree.join("Cargo.lock"), version.to_string()).unwrap();
            }))
        }

        fn has_passed(&self, _: &str) -> bool {
            self.has_passed
        }

        fn compare(&self, _: &Path, _: Option<Version>) -> Outcome {
            self.say()
        }

        fn pack(&self, _: &Path) -> Result<Vec<Packed>, String> {
            self.say()?;
            let packed = NAMES.map(|name| Packed {
                name: name.to_owned(),
                version: "0.2.0".to_owned(),
                files: 1,
                bytes: 1,
            });
            Ok(packed.into())
        }

        fn is_published(&self, packed: &Packed) -> Result<bool, String> {
            self.say()?;
            Ok(self.published.borrow().contains(&packed.name))
        }

        fn publish(&self, tree: &Path, packed: &Packed) -> Outcome {
            let version = fs::read_to_string(tree.join("Cargo.lock")).unwrap();
            assert_eq!(version, packed.version);
            self.call(Some(|| {
                self.published.borrow_mut().push(packed.name.clone());
            }))
        }
    }

    fn fake(fails_at: usize, work_is_done: bool) -> Fake {
        Fake {
            calls: Cell::new(0),
            fails_at,
            work_is_done,
            has_passed: true,
            worked_at: RefCell::default(),
            published: RefCell::default(),
        }
    }

    /// A repository of its own, below `target`, in which 0.2.0 is to be released.
    fn scratch(name: &str) -> Release {
        let folder = root().join("target/tmp/release").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(folder.join("fuzz")).unwrap();
        for (name, text) in [
            (".gitignore", "/target\n"),
            ("Cargo.lock", "0.1.0"),
            ("fuzz/Cargo.lock", ""),
            ("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n- New.\n"),
            (
                "Cargo.toml",
                "[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\n\
                 core = { path = \"core\", version = \"0.1.0\" }\n",
            ),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
        for args in [
            &["init", "--quiet"][..],
            &["config", "user.name", "Nobody"],
            &["config", "user.email", "nobody@example.com"],
            &["config", "commit.gpgsign", "false"],
            &["config", "tag.gpgsign", "false"],
            &["add", "."],
            &["commit", "--quiet", "--message", "Begin"],
        ] {
            git::tell(&folder, args).unwrap();
        }
        Release {
            root: folder,
            version: "0.2.0".parse().unwrap(),
            execute: true,
        }
    }

    fn commits(release: &Release) -> Vec<String> {
        let log = git::ask(&release.root, &["log", "--format=%s"]).unwrap();
        log.lines().map(str::to_owned).collect()
    }

    fn assert_released(release: &Release, tools: &Fake) {
        assert_eq!(commits(release), ["Release 0.2.0", "Begin"]);
        assert!(git::clean_tree(&release.root).unwrap().is_some());
        let tagged = git::ask(&release.root, &["rev-parse", "v0.2.0^{commit}"]);
        assert_eq!(tagged, git::ask(&release.root, &["rev-parse", "HEAD"]));
        let read = |name: &str| fs::read_to_string(release.root.join(name)).unwrap();
        assert!(read("CHANGELOG.md").contains("## 0.2.0 - 2"));
        assert_eq!(read("Cargo.toml").matches("\"0.2.0\"").count(), 2);
        assert_eq!(read("Cargo.lock"), "0.2.0");
        assert_eq!(*tools.published.borrow(), NAMES);
    }

    #[test]
    fn a_release_that_is_interrupted_anywhere_goes_on_and_publishes_each_once() {
        let whole = fake(usize::MAX, false);
        let release = scratch("whole");
        release.run(&whole).unwrap();
        assert_released(&release, &whole);
        let calls = whole.calls.get();
        let worked_at = whole.worked_at.borrow().clone();
        assert!(calls > 15 && worked_at.len() > 3, "{calls} {worked_at:?}");
        let before_its_work = (0..calls).map(|call| (call, false));
        let after_it = worked_at.into_iter().map(|call| (call, true));
        for (fails_at, work_is_done) in before_its_work.chain(after_it) {
            let mut tools = fake(fails_at, work_is_done);
            let release = scratch("interrupted");
            let outcome = release.run(&tools);
            assert_eq!(outcome, Err("killed".to_owned()), "at {fails_at}");
            tools.fails_at = usize::MAX;
            release.run(&tools).unwrap();
            assert_released(&release, &tools);
        }
        // What is done is done.
        release.run(&whole).unwrap();
        assert_released(&release, &whole);
    }

    #[test]
    fn a_dry_run_changes_nothing_and_says_what_is_missing() {
        let mut release = scratch("dry");
        release.execute = false;
        let mut tools = fake(usize::MAX, false);
        tools.has_passed = false;
        release.run(&tools).unwrap();
        assert_eq!(commits(&release), ["Begin"]);
        assert_eq!(git::ask(&release.root, &["tag"]).unwrap(), "");
        assert!(git::clean_tree(&release.root).unwrap().is_some());
        assert!(tools.published.borrow().is_empty());
        // Without the checks nothing is published.
        release.execute = true;
        let problem = release.run(&tools).unwrap_err();
        assert!(problem.contains("has not passed"), "{problem}");
        assert_eq!(commits(&release), ["Begin"]);
    }

    #[test]
    fn what_is_not_as_it_should_be_is_not_released() {
        let tools = fake(usize::MAX, false);
        let refused = |release: &Release, why: &str| {
            let problem = release.run(&tools).unwrap_err();
            assert!(problem.contains(why), "{problem}");
            assert!(tools.published.borrow().is_empty());
        };
        let mut release = scratch("refused");
        fs::write(release.root.join("new"), "").unwrap();
        refused(&release, "in no commit");
        // A commit that calls itself the release, and brings something else.
        git::tell(&release.root, &["add", "."]).unwrap();
        git::tell(&release.root, &["commit", "--quiet", "-m", "Release 0.2.0"]).unwrap();
        refused(&release, "changes new as well");
        git::tell(
            &release.root,
            &["commit", "--quiet", "--amend", "-m", "More"],
        )
        .unwrap();
        git::tell(&release.root, &["tag", "v0.2.0"]).unwrap();
        refused(&release, "the tag of another commit");
        git::tell(&release.root, &["tag", "--delete", "v0.2.0"]).unwrap();
        release.version = "0.0.9".parse().unwrap();
        refused(&release, "0.1.0 already");
    }

    #[test]
    fn the_last_release_is_the_newest_before_this_one() {
        let release = scratch("last");
        assert_eq!(release.last(), Ok(None));
        for tag in ["v0.1.9", "v0.1.10", "v0.2.0", "v1.0.0", "vnext", "0.1.11"] {
            git::tell(&release.root, &["tag", tag]).unwrap();
        }
        assert_eq!(release.last(), Ok(Some("0.1.10".parse().unwrap())));
    }
}
