//! For readers: which of our crates stands on which.

use std::collections::{BTreeMap, BTreeSet};

use crate::metadata::Metadata;

pub(super) const PAGE: &str = "docs/architecture.md";
const BEGIN: &str =
    "<!-- From here to the next mark: made by `cargo xtask codegen` from `cargo metadata`. -->\n";
const END: &str = "<!-- Here it ends. -->\n";

/// A crate of ours, with what it and what only its tests are built with.
#[derive(Default)]
struct Room {
    uses: BTreeSet<String>,
    tests_use: BTreeSet<String>,
}

/// The page with the picture between the marks.
pub(super) fn make(page: &str, metadata: &Metadata) -> Result<String, String> {
    let no_mark = || format!("{PAGE}: the marks around the picture of the rooms are gone");
    let (before, rest) = page.split_once(BEGIN).ok_or_else(no_mark)?;
    let (_, after) = rest.split_once(END).ok_or_else(no_mark)?;
    let picture = picture(&rooms(metadata));
    Ok(format!(
        "{before}{BEGIN}\n```text\n{picture}```\n\n{END}{after}"
    ))
}

fn rooms(metadata: &Metadata) -> BTreeMap<String, Room> {
    let names: BTreeSet<&str> = metadata.ours().map(|it| it.name.as_str()).collect();
    let mut rooms = BTreeMap::new();
    for package in metadata.ours() {
        let mut room = Room::default();
        for dependency in &package.dependencies {
            let name = &dependency.name;
            if names.contains(name.as_str()) && *name != package.name {
                match dependency.kind.as_deref() {
                    Some("dev") => room.tests_use.insert(name.clone()),
                    _ => room.uses.insert(name.clone()),
                };
            }
        }
        room.tests_use.retain(|name| !room.uses.contains(name));
        rooms.insert(package.name.clone(), room);
    }
    rooms
}

/// Floors, the lowest last; each room is as low as what it stands on allows.
fn picture(rooms: &BTreeMap<String, Room>) -> String {
    let mut floors: Vec<Vec<&str>> = Vec::new();
    let mut below: BTreeSet<&str> = BTreeSet::new();
    while below.len() < rooms.len() {
        let stands = |room: &Room| room.uses.iter().all(|it| below.contains(it.as_str()));
        let floor: Vec<&str> = (rooms.iter())
            .filter(|(name, room)| !below.contains(name.as_str()) && stands(room))
            .map(|(name, _)| name.as_str())
            .collect();
        if floor.is_empty() {
            break;
        }
        below.extend(&floor);
        floors.push(floor);
    }
    let width = rooms.keys().map(String::len).max().unwrap_or_default();
    let list = |names: &BTreeSet<String>| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.join(", ")
    };
    let mut picture = String::new();
    for floor in floors.iter().rev() {
        for name in floor {
            let room = &rooms[*name];
            let mut line = format!("{name:width$}  ──►  ");
            line += &match room.uses.is_empty() {
                true => "none of these".to_owned(),
                false => list(&room.uses),
            };
            if !room.tests_use.is_empty() {
                line += &format!("; in tests {}", list(&room.tests_use));
            }
            picture += &line;
            picture.push('\n');
        }
        picture.push('\n');
    }
    picture.truncate(picture.trim_end().len());
    picture.push('\n');
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_above_all_that_it_stands_on() {
        let room = |uses: &[&str], tests_use: &[&str]| Room {
            uses: uses.iter().map(|it| (*it).to_owned()).collect(),
            tests_use: tests_use.iter().map(|it| (*it).to_owned()).collect(),
        };
        let rooms = [
            ("a", room(&["core"], &["top"])),
            ("core", room(&[], &[])),
            ("top", room(&["a", "core"], &[])),
            ("alone", room(&[], &[])),
        ];
        let rooms = rooms.map(|(name, room)| (name.to_owned(), room)).into();
        assert_eq!(
            picture(&rooms),
            "top    ──►  a, core\n\n\
             a      ──►  core; in tests top\n\n\
             alone  ──►  none of these\n\
             core   ──►  none of these\n"
        );
    }
}
