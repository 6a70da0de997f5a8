//! Circles in what needs what.
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Who needs whom, and for what.
pub(super) type Edges = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// All that can be reached from each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    pub members: Vec<String>,
    /// Every need within it, in words.
    pub needs: Vec<String>,
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.members.join(", "))?;
        self.needs.iter().try_for_each(|need| write!(f, "\n    {need}"))
    }
}

pub(super) fn circles(edges: &Edges) -> Vec<Circle> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|from| (from.as_str(), reach(edges, from))).collect();
    let reaches = |one: &str, other: &str| reached.get(one).is_some_and(|all| all.contains(other));
    let (mut found, mut seen) = (vec![], BTreeSet::<&str>::new());
    for one in edges.keys().filter(|one| reaches(one, one)) {
        if seen.contains(one.as_str()) {
            continue;
        }
        let members: Vec<&str> = edges
            .keys()
            .map(String::as_str)
            .filter(|other| reaches(one, other) && reaches(other, one))
            .collect();
        seen.extend(&members);
        found.push(circle(edges, &members));
    }
    found
}

fn circle(edges: &Edges, members: &[&str]) -> Circle {
    let mut needs = vec![];
    for from in members {
        for (to, what) in
            edges.get(*from).into_iter().flatten().filter(|(to, _)| members.contains(&to.as_str()))
        {
            let what: Vec<&str> = what.iter().map(String::as_str).collect();
            needs.push(format!("{from} needs {to}: {}", what.join(", ")));
        }
    }
    Circle { members: members.iter().map(|member| (*member).to_owned()).collect(), needs }
}

/// Everything that this one needs, directly or round about; itself, if it is in a circle.
fn reach<'a>(edges: &'a Edges, from: &str) -> BTreeSet<&'a str> {
    let needs = |of: &str| edges.get(of).into_iter().flat_map(BTreeMap::keys).map(String::as_str);
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = needs(from).collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(needs(next));
        }
    }
    reached
}

/// The same between folders.
pub(super) fn folders(edges: &Edges) -> Edges {
    let mut between = Edges::new();
    for (from, needs) in edges {
        for (to, what) in needs {
            if let Some((one, other)) = part(from, to) {
                let files = what.iter().map(|what| format!("{from} names {what}"));
                between.entry(one).or_default().entry(other).or_default().extend(files);
            }
        }
    }
    between
}

/// The two folders at which the ways to two files part.
fn part(from: &str, to: &str) -> Option<(String, String)> {
    let folders = |file: &str| -> Vec<String> {
        let mut folders: Vec<String> = file.split('/').map(str::to_owned).collect();
        folders.pop();
        folders
    };
    let (one, other) = (folders(from), folders(to));
    let common = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let below = |folders: &[String]| folders.get(..=common).map(|folders| folders.join("/"));
    below(&one).zip(below(&other))
}
