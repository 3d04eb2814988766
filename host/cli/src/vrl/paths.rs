//! The paths that rules test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::pattern::Branch;
use super::text::string;

/// What a pattern is matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// The EventBridge event.
    Event,
    /// Vector's event as received.
    Input,
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            View::Event => "event",
            View::Input => "input",
        })
    }
}

/// The paths in both views.
#[derive(Debug, Default)]
pub(super) struct Paths {
    event: Tree,
    input: Tree,
}

#[derive(Debug, Default)]
struct Tree {
    /// The names below each path; the view itself is the empty path.
    below: BTreeMap<String, BTreeSet<String>>,
    /// The complete paths.
    ends: BTreeSet<String>,
}

impl Paths {
    /// Adds the paths of a branch.
    ///
    /// # Errors
    /// A path that the program cannot look up.
    pub(super) fn add(&mut self, view: View, branch: &Branch) -> Result<(), String> {
        const MAX_NAMES: usize = 128;
        let tree = match view {
            View::Event => &mut self.event,
            View::Input => &mut self.input,
        };
        for field in branch.values() {
            let path = &*field.path;
            if path.split('.').any(str::is_empty) {
                return Err(format!("`{path}`, which has an empty name between dots"));
            }
            if path.split('.').count() > MAX_NAMES {
                return Err(format!("`{path}`, which has more than {MAX_NAMES} names"));
            }
            let dots = path.match_indices('.').map(|(offset, _)| offset);
            let mut above = "";
            for end in dots.chain([path.len()]) {
                let name = path[above.len()..end].trim_start_matches('.');
                // `signin` is the verdict, whatever an event has there.
                if !(above.is_empty() && name == "signin") {
                    tree.below.entry(above.to_owned()).or_default().insert(name.to_owned());
                }
                above = &path[..end];
            }
            tree.ends.insert(path.to_owned());
        }
        Ok(())
    }
}

/// The variables with the paths, for the rest of the program.
impl fmt::Display for Paths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let views = [(View::Event, &self.event), (View::Input, &self.input)];
        writeln!(f, "# The names that rules test below each path.")?;
        object(f, "below", views, |tree| {
            let names = |names: &BTreeSet<String>| names.iter().map(|name| string(name)).collect();
            tree.below.iter().map(|(path, below)| (path, names(below))).collect()
        })?;
        writeln!(f, "\n# The values at the paths that rules test.")?;
        object(f, "found", views, |tree| tree.ends.iter().map(|path| (path, Vec::new())).collect())
    }
}

/// Writes an object of lists of literals for each view.
fn object<'t>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    views: [(View, &'t Tree); 2],
    members: impl Fn(&'t Tree) -> Vec<(&'t String, Vec<String>)>,
) -> fmt::Result {
    let views = views.map(|(view, tree)| {
        let lists = members(tree).into_iter();
        let lists =
            lists.map(|(key, list)| format!("\n    {}: [{}]", string(key), list.join(", ")));
        format!("\n  \"{view}\": {{{}\n  }}", lists.collect::<Vec<_>>().join(","))
    });
    writeln!(f, "{name} = {{{}\n}}", views.join(","))
}
