//! Renders the READMEs of the bindings, and the parts that the project's own README shares with them. The READMEs of the bindings
//! have the same sections in the same order. `readme/common.md` has the parts that are shared, and `readme/LANGUAGE.md` has the
//! parts that differ.
//!
//! Each of these files is a list of parts below lines `<!-- part: NAME -->`. In a part, `{{NAME}}` stands for another part: the
//! language's own if there is one, otherwise the common one. `{{option:NAME}}`, `{{field:NAME}}` and `{{error:NAME}}` stand for a
//! name of the tables as the language writes it, `{{members:OBJECT}}` for the getters of an object, `{{default:NAME}}` for an
//! option's default, and `{{version}}` for the library's version.

use crate::clojure::dashed;
use crate::markdown;
use crate::names::{camel, error_class};
use crate::prose::listed;
use crate::{read, replaced};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use talkdesk_auth::{ERRORS, ErrorSpec, OBJECTS, OPTIONS};

const FOLDER: &str = "tests/generated/readme";
/// How long a line may be.
const WIDTH: usize = 132;

/// A language, and its spelling of the names in the tables.
struct Language {
    /// The folder of its binding.
    name: &'static str,
    option: fn(&str) -> String,
    field: fn(&str) -> String,
    error: fn(&ErrorSpec) -> String,
}

const LANGUAGES: &[Language] = &[
    Language { name: "clojure", option: keyword, field: keyword, error: |spec| keyword(spec.name) },
    Language {
        name: "java",
        option: camel,
        field: |name| camel(name) + "()",
        error: |spec| error_class(spec, "Exception"),
    },
    Language { name: "node", option: str::to_owned, field: str::to_owned, error: |spec| error_class(spec, "Error") },
    Language { name: "python", option: str::to_owned, field: str::to_owned, error: |spec| error_class(spec, "Error") },
    Language { name: "ruby", option: str::to_owned, field: str::to_owned, error: |spec| error_class(spec, "Error") },
];

/// Each README and its text.
pub fn files() -> Vec<(String, String)> {
    let common = parts("common");
    let mut unused: BTreeSet<String> = common.keys().cloned().collect();
    let mut readme = |language: &Language| {
        let page = Page { language, own: parts(language.name), common: &common, used: RefCell::default() };
        let text = page.text();
        unused.retain(|name| !page.used.borrow().contains(name));
        (format!("bindings/{}/README.md", language.name), text)
    };
    let files = LANGUAGES.iter().map(&mut readme).collect();
    assert!(unused.is_empty(), "{FOLDER}/common.md: no README holds {unused:?}");
    files
}

/// The project's README, with the parts that it shares with the READMEs of the bindings.
pub fn project(readme: &str) -> String {
    let language =
        Language { name: "c", option: str::to_owned, field: str::to_owned, error: |spec| spec.name.to_owned() };
    let common = parts("common");
    let page = Page { language: &language, own: parts("c"), common: &common, used: RefCell::default() };
    let shared = ["promise", "arguments", "assertion_fields", "contract_errors", "contract_fork", "contract_time"];
    let shared = shared.map(|name| (name, page.part(name)));
    let regions = shared.into_iter().chain([("grants", markdown::grants()), ("sending", markdown::sending())]);
    let readme = regions.fold(readme.to_owned(), |readme, (name, text)| {
        let text = wrapped(&text);
        // Inside an item of a list, the marks do not end the list.
        let indent = if name.starts_with("contract_") { "  " } else { "" };
        let begin = format!("{indent}<!-- generated: {name} -->\n");
        replaced(&readme, &begin, &format!("{indent}<!-- end of generated -->\n"), &text)
    });
    page.uses_all();
    readme
}

type Parts = BTreeMap<String, String>;

fn parts(file: &str) -> Parts {
    let text = read(&format!("{FOLDER}/{file}.md"));
    let part = |part: &str| {
        let (name, text) = part.split_once(" -->\n").expect("the name of a part ends its line");
        (name.to_owned(), text.trim_matches('\n').to_owned())
    };
    text.split("<!-- part: ").skip(1).map(part).collect()
}

struct Page<'a> {
    language: &'a Language,
    own: Parts,
    common: &'a Parts,
    /// The names of the parts that the page holds.
    used: RefCell<BTreeSet<String>>,
}

impl Page<'_> {
    fn text(&self) -> String {
        let text = wrapped(&self.filled("{{page}}"));
        self.uses_all();
        text
    }

    /// Fails if the language's file has parts that the README does not hold.
    fn uses_all(&self) {
        let used = self.used.borrow();
        let unused: Vec<_> = self.own.keys().filter(|name| !used.contains(*name)).collect();
        assert!(unused.is_empty(), "{FOLDER}/{}.md: the README does not hold {unused:?}", self.language.name);
    }

    /// `text`, with each name in braces replaced by its value.
    fn filled(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once("{{") else { return text.to_owned() };
        let (name, after) = rest.split_once("}}").expect("braces end");
        format!("{before}{}{}", self.value(name), self.filled(after))
    }

    fn value(&self, name: &str) -> String {
        match name.split_once(':') {
            None if name == "version" => env!("CARGO_PKG_VERSION").to_owned(),
            None => self.part(name),
            Some(("option", name)) => code((self.language.option)(option(name).name)),
            Some(("default", name)) => option(name).default.expect("the option has a default").to_owned(),
            Some(("field", name)) => code((self.language.field)(field(name))),
            Some(("members", object)) => {
                listed(&members(object).map(|name| code((self.language.field)(name))).collect::<Vec<_>>())
            }
            Some(("error", name)) => code((self.language.error)(error(name))),
            Some((kind, _)) => panic!("there are no names of the kind {kind}"),
        }
    }

    fn part(&self, name: &str) -> String {
        self.used.borrow_mut().insert(name.to_owned());
        let part = self.own.get(name).or_else(|| self.common.get(name));
        self.filled(part.unwrap_or_else(|| panic!("{FOLDER}/{}.md lacks the part {name}", self.language.name)))
    }
}

fn code(text: String) -> String {
    format!("`{text}`")
}

fn option(name: &str) -> &'static talkdesk_auth::OptionSpec {
    OPTIONS.iter().find(|spec| spec.name == name).unwrap_or_else(|| panic!("there is no option {name}"))
}

fn field(name: &str) -> &'static str {
    let mut fields = ERRORS.iter().flat_map(|spec| spec.fields);
    fields.find(|field| field.name == name).unwrap_or_else(|| panic!("no error has a field {name}")).name
}

/// The members of an object.
fn members(object: &str) -> impl Iterator<Item = &'static str> {
    let found =
        OBJECTS.iter().find(|spec| spec.name == object).unwrap_or_else(|| panic!("there is no object {object}"));
    found.members.iter().map(|member| member.name)
}

fn error(name: &str) -> &'static ErrorSpec {
    ERRORS.iter().find(|spec| spec.name == name).unwrap_or_else(|| panic!("there is no error {name}"))
}

/// `:invalid-key` for `invalid_key`.
fn keyword(name: &str) -> String {
    format!(":{}", dashed(name))
}

/// The page, with its paragraphs and list items wrapped anew. Code, tables and headings stay as they are.
fn wrapped(page: &str) -> String {
    let mut text = String::new();
    let mut lines = page.lines().peekable();
    let mut in_code = false;
    while let Some(line) = lines.next() {
        let is_fence = line.starts_with("```");
        in_code ^= is_fence;
        if in_code || is_fence || !is_prose(line) {
            text += line;
            text.push('\n');
            continue;
        }
        let mut paragraph = line.to_owned();
        while let Some(more) = lines.next_if(|line| is_prose(line) && !line.starts_with("- ")) {
            paragraph += " ";
            paragraph += more.trim_start();
        }
        text += &filled_up(&paragraph);
    }
    text
}

fn is_prose(line: &str) -> bool {
    !line.is_empty() && !["#", "|", "<!--", "```", "    "].iter().any(|start| line.starts_with(start))
}

/// The words of a text. Code in back quotes counts as one word.
fn words(text: &str) -> Vec<&str> {
    let mut in_code = false;
    let breaks = |c: char| {
        in_code ^= c == '`';
        c == ' ' && !in_code
    };
    text.split(breaks).filter(|word| !word.is_empty()).collect()
}

/// One paragraph or list item, in lines.
fn filled_up(paragraph: &str) -> String {
    let indent = if paragraph.starts_with("- ") { "  " } else { "" };
    let mut text = String::new();
    let mut width = 0;
    for word in words(paragraph) {
        let length = word.chars().count();
        if width == 0 {
            text += word;
            width = length;
        } else if width + 1 + length > WIDTH {
            text += &format!("\n{indent}{word}");
            width = indent.len() + length;
        } else {
            text += &format!(" {word}");
            width += 1 + length;
        }
    }
    text + "\n"
}
