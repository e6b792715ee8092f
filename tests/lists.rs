//! What searches read: mended after an edit, it is what making it anew gives.

use std::collections::HashMap;
use std::sync::Arc;

use handbook::index::corpus::Corpus;
use handbook::index::dictionary::Dictionary;
use handbook::index::kept::{self, Extent};
use handbook::index::lists::Lists;
use handbook::index::native::SearchIndex;
use handbook::index::search;
use handbook::index::stem::Language;
use handbook::link::audience::Scope;
use handbook::load::Project;
use handbook::pipeline::{Assembled, Memo, assemble};

use crate::support::Folder;
use crate::tokens::Random;

/// A handbook of records with many words in common, some headings, some code and some links.
fn large(language: &str) -> Folder {
    let mut random = Random::new(11);
    let words = ["queue", "queues", "retry", "retries", "`cargo build`", "getUserById", "größer", "E0308", "日本語", "the", "größere", "a"];
    let folder =
        Folder::with(&[("handbook.yaml", &format!("language: {language}\nsynonyms: [[queue, größere retry], [queue größer, E0308]]\n"))]);
    for number in 1..60 {
        let mut text = format!("---\ntitle: Record {number} of {}\nstatus: accepted\ndate: 2021-01-02\n---\n", words[number % words.len()]);
        for section in 0..3 {
            let chosen: Vec<&str> = (0..20).map(|_| words[random.below(words.len())]).collect();
            text.push_str(&format!("\n## Part {section} {}\n\n{} [see](0{:03}-r.md)\n", chosen[0], chosen.join(" "), 1 + random.below(50)));
        }
        folder.write(&format!("decisions/0{number:03}-r.md"), text.as_bytes());
    }
    folder
}

fn read(folder: &Folder) -> Assembled {
    let input = Project::open(folder.path()).and_then(|project| project.load(&[])).expect("a handbook");
    assemble(input, &mut Memo::default(), Scope::default())
}

fn language(assembled: &Assembled) -> Language {
    Language::from_tag(&assembled.input.config.language)
}

fn made_anew(assembled: &Assembled) -> Arc<Lists> {
    search::lists(&assembled.documents(), &assembled.input.config, None, None).expect("an index").0
}

/// The lists after an edit, from those that were before; nothing, if they have to be made anew.
fn mended(before: &Lists, assembled: &Assembled) -> Option<Lists> {
    let documents = assembled.documents();
    let versions = documents.versions(assembled.input.config.hash);
    let numbers: HashMap<u64, u32> = versions.iter().enumerate().map(|(number, version)| (version.key, number as u32)).collect();
    let dictionary = Dictionary::of(&assembled.input.config);
    let index = |records: &[usize]| {
        let index = SearchIndex::of_some(&documents, &versions, records, &dictionary)?;
        Corpus::new(index.segments()?, |key| numbers.get(&key).copied())
    };
    before.updated(versions.clone(), language(assembled), index).expect("an index")
}

#[test]
fn mended_lists_are_those_that_are_made_anew() {
    mended_lists_are_whole("en");
}

#[test]
fn mended_lists_are_those_that_are_made_anew_where_words_have_classes() {
    mended_lists_are_whole("de");
}

fn mended_lists_are_whole(language: &str) {
    let folder = large(language);
    let mut before = made_anew(&read(&folder));
    let text = folder.read("decisions/0007-r.md");
    let edits: [(&str, &dyn Fn()); 6] = [
        ("words", &|| folder.write("decisions/0007-r.md", format!("{text}\nZucchini, and a queue.\n").as_bytes())),
        ("a heading", &|| {
            folder.write("decisions/0008-r.md", folder.read("decisions/0008-r.md").replace("## Part 1", "## Piece 1").as_bytes())
        }),
        ("a title", &|| {
            folder.write("decisions/0009-r.md", folder.read("decisions/0009-r.md").replace("title: Record", "title: Note").as_bytes())
        }),
        ("a new record", &|| folder.write("decisions/0004a-r.md", b"# In between\n\nA queue [seven](0007-r.md).\n")),
        ("a record less", &|| std::fs::remove_file(folder.path().join("decisions/0011-r.md")).expect("it is there")),
        ("another name", &|| {
            let to = folder.path().join("decisions/0000-r.md");
            std::fs::rename(folder.path().join("decisions/0050-r.md"), to).expect("it can be renamed");
        }),
    ];
    for (edit, make) in edits {
        make();
        let after = read(&folder);
        let anew = made_anew(&after);
        let mended = mended(&before, &after).unwrap_or_else(|| panic!("{edit}: the lists can be mended"));
        assert!(mended == *anew, "{edit}: the lists are others");
        assert!(mended != *before, "{edit}: nothing is found otherwise than before");
        before = anew;
    }
}

#[test]
fn lists_are_made_anew_where_lengths_are_others() {
    let folder = large("en");
    let before = made_anew(&read(&folder));
    folder.write("decisions/0007-r.md", "queue ".repeat(20_000).as_bytes());
    assert_eq!(mended(&before, &read(&folder)), None);
}

#[test]
fn lists_are_kept_as_they_are() {
    let assembled = read(&large("fr"));
    let (lists, language) = (made_anew(&assembled), language(&assembled));
    let cache = Folder::with(&[]);
    kept::write(cache.path(), language, &lists).expect("they can be written");
    assert!(kept::read(cache.path(), language, Extent::All).is_some_and(|read| read == *lists));
    let file = kept::file(cache.path(), language);
    let whole = std::fs::read(&file).expect("it is there");
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        std::fs::write(&file, &damaged).expect("it can be written");
        assert!(kept::read(cache.path(), language, Extent::All).is_none(), "byte {at} is wrong");
        std::fs::write(&file, &whole[..at]).expect("it can be written");
        assert!(kept::read(cache.path(), language, Extent::All).is_none(), "the file ends at byte {at}");
    }
}
