//! Packs the crisis screen's weights (`seeds/crisis/weights/*.tsv`) for `src/screen/weights.rs`: as text they would be parsed when
//! the first message comes, for 60 ms and 10 MiB.
//!
//! A packed file: bias, threshold and threshold with a rule, two `i32` each; then the features in the
//! order of their hashes, of each its hash, a `u32`, and its two weights, each an `i16`: what is found and what is read stand in one
//! line of the processor's cache. All little-endian, for danger before for worry, in thousandths.
#[path = "../../domain/src/screen/hash.rs"]
mod hash;

use std::{collections::BTreeMap, env, error::Error, fs, path::Path};

const LANGUAGES: [&str; 2] = ["en", "ru"];
const SETTINGS: [&str; 3] = ["bias", "threshold", "threshold with a rule"];

pub(super) fn pack() -> Result<(), Box<dyn Error>> {
    let (seeds, out) = (Path::new("../../seeds/crisis/weights"), env::var("OUT_DIR")?);
    for language in LANGUAGES {
        let file = seeds.join(language).with_extension("tsv");
        println!("cargo::rerun-if-changed={}", file.display());
        let packed = packed(&fs::read_to_string(&file)?).map_err(|e| format!("{}: {e}", file.display()))?;
        fs::write(Path::new(&out).join(language).with_extension("weights"), packed)?;
    }
    Ok(())
}

fn packed(text: &str) -> Result<Vec<u8>, String> {
    let mut settings = BTreeMap::new();
    let mut features = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let broken = || format!("`{line}` is no weight");
        let (name, numbers) = parts(line).ok_or_else(broken)?;
        match SETTINGS.contains(&name) {
            true => drop(settings.insert(name, numbers)),
            // Of two with one hash, the first: there are a handful.
            false => drop(features.entry(hash::of_feature(name)).or_insert(numbers)),
        }
    }
    let mut packed = vec![];
    for name in SETTINGS {
        let numbers = settings.get(name).ok_or_else(|| format!("there is no `{name}`"))?;
        packed.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }
    for (hash, numbers) in features {
        packed.extend(hash.to_le_bytes());
        for number in numbers {
            packed.extend(i16::try_from(number).map_err(|e| format!("{number}: {e}"))?.to_le_bytes());
        }
    }
    Ok(packed)
}

fn parts(line: &str) -> Option<(&str, [i32; 2])> {
    let mut columns = line.split('\t');
    let (name, danger, worry) = (columns.next()?, columns.next()?, columns.next()?);
    Some((name, [danger.parse().ok()?, worry.parse().ok()?]))
}
