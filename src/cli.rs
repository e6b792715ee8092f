//! Arguments to a [`Command`], a plain value. The one home of clap.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, Args, CommandFactory, Parser, Subcommand};

use crate::calendar::Date;

/// Turn a team's engineering knowledge, Markdown in git, into a fast, searchable web site.
#[derive(Debug, Parser)]
#[command(name = "handbook", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a handbook in a folder: settings, a front page and first records
    Init(InitArguments),
    /// Write a new record from its kind's template, with the next free number
    New(NewArguments),
    /// Show the site in a browser while it is being written
    Serve(ServeArguments),
    /// Build the site
    Build(BuildArguments),
    /// Search the records
    Search(SearchArguments),
    /// List the records of a kind
    List(ListArguments),
    /// Show one record
    Show(ShowArguments),
    /// Find broken links, contradictions and slips
    Check(CheckArguments),
    /// Tell what is new, reversed, overdue and closed since a day or a commit
    Changes(ChangesArguments),
    /// Say at both ends that a record takes the place of another
    Supersede(RelateArguments),
    /// Say at both ends that a record changes a part of another
    Amend(RelateArguments),
    /// Say that a record still holds: move the day of its next review, with the reason
    Confirm(ConfirmArguments),
    /// Give a record another number, and mend everything that names it
    Renumber(RenumberArguments),
    /// Propose front matter that says what the text of each record says; with --write, put it there
    Import(ImportArguments),
    /// Print what front matter may say, as JSON Schema for editors
    Schema(SchemaArguments),
    /// Help an editor: what is wrong, what can be written, where links lead (language server, over stdin and stdout)
    Lsp(LspArguments),
}

/// Where the handbook is, and for whom and when it is read.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Folder of the handbook; its settings may be in `handbook.yaml` there or in `content/`
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    #[command(flatten)]
    /// For whom and when.
    pub occasion: OccasionArguments,
}

/// For whom and when a handbook is read.
#[derive(Args, Clone, Debug)]
pub struct OccasionArguments {
    /// Day for which overdue and stale are reckoned [default: SOURCE_DATE_EPOCH, else today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub today: Option<Date>,
    /// Show only what this audience may see
    #[arg(long, value_name = "NAME")]
    pub audience: Option<String>,
    /// Show drafts too
    #[arg(long)]
    pub drafts: bool,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text)
}

/// Arguments of `init`.
#[derive(Args, Debug)]
pub struct InitArguments {
    /// Folder to start in
    #[arg(value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// What the handbook is called [default: the name of the folder]
    #[arg(long, value_name = "TITLE")]
    pub title: Option<String>,
    /// Team that keeps the first records; it gets a page
    #[arg(long, value_name = "NAME")]
    pub team: Option<String>,
    /// Ask nothing; without it, and without --title and --team, both are asked for on a terminal
    #[arg(long, short)]
    pub yes: bool,
}

/// Arguments of `new`.
#[derive(Args, Debug)]
pub struct NewArguments {
    /// Kind of the record: decision, principle, postmortem ... What is left out is asked for on a terminal
    pub kind: Option<String>,
    /// Its title
    pub title: Option<String>,
    /// Record that it replaces; both ends are set
    #[arg(long, value_name = "REF")]
    pub supersedes: Option<String>,
    /// Team that keeps it
    #[arg(long, value_name = "REF")]
    pub owner: Option<String>,
    /// Who writes it; may be given several times
    #[arg(long = "author", value_name = "NAME")]
    pub authors: Vec<String>,
    /// Ask nothing
    #[arg(long, short)]
    pub yes: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub struct ServeArguments {
    /// Folder of the handbook
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Open the site in a browser
    #[arg(long)]
    pub open: bool,
    /// Port to listen on; the next free one is taken when it is in use
    #[arg(long, value_name = "N", default_value_t = 4000)]
    pub port: u16,
    /// Address to listen on; anything but this machine is warned about
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    pub host: std::net::IpAddr,
    /// Look at the files once a second, where the system does not report changes: some network folders and containers
    #[arg(long)]
    pub poll: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `build`.
#[derive(Args, Debug)]
pub struct BuildArguments {
    /// Folder of the handbook
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Folder for the site
    #[arg(long, value_name = "DIR", default_value = "public")]
    pub out: PathBuf,
    /// Number of threads [default: one a processor]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// End with status 0 even if records have errors
    #[arg(long)]
    pub lenient: bool,
    /// Print what was done and found as JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `search`.
#[derive(Args, Debug)]
pub struct SearchArguments {
    /// Words to look for
    #[arg(required_unless_present = "exam", num_args = 1..)]
    pub query: Vec<String>,
    /// Ask the questions in FILE, and report at which rank the expected records come
    ///
    /// One JSON object a line, {"q": ..., "expect": ["path/of/record" or "path#anchor", ...]}, or a list of the same in YAML.
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    pub exam: Option<PathBuf>,
    /// With --exam: end with status 1 if the mean reciprocal rank is lower than this, from 0 to 1
    #[arg(long, value_name = "MRR", requires = "exam")]
    pub at_least: Option<f64>,
    /// Records to show at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    pub limit: usize,
    /// Show why a record ranks where it does
    #[arg(long)]
    pub explain: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `list`.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// Kind whose records to list; without it, the kinds
    pub kind: Option<String>,
    /// Only records with this status
    #[arg(long, value_name = "NAME")]
    pub status: Option<String>,
    /// Only those that were in force on this day
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<Date>,
    /// Only those that this team keeps
    #[arg(long, value_name = "TEAM")]
    pub owner: Option<String>,
    /// Only those with this tag
    #[arg(long)]
    pub tag: Option<String>,
    /// Only those on this topic
    #[arg(long)]
    pub topic: Option<String>,
    /// Only those that are not settled: an open status, an action to be done, a debt to be paid back
    #[arg(long)]
    pub open: bool,
    /// Only those with a review, an action or a debt whose day has passed
    #[arg(long)]
    pub overdue: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `show`.
#[derive(Args, Debug)]
pub struct ShowArguments {
    /// The record: a path, `decision/9`, a number, a slug or a title
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// The forms in which findings can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// Arguments of `check`.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// Folder of the handbook
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// Print JSON, one finding a line
    #[arg(long)]
    pub json: bool,
    /// How to print findings
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Text, conflicts_with = "json")]
    pub format: ReportFormat,
    /// Findings in FILE were there before: only others are told, and make the command fail
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write all findings to the baseline
    #[arg(long, requires = "baseline")]
    pub write_baseline: bool,
    /// Print the rules instead
    #[arg(long)]
    pub rules: bool,
    /// Print what one rule finds, how to mend it and how to set it
    #[arg(long, value_name = "RULE")]
    pub explain: Option<String>,
    /// Print all findings, notes included, however many
    #[arg(long)]
    pub all: bool,
    /// Print how each file was read instead: its layout, which field came from where, what was not understood
    #[arg(long)]
    pub formats: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `changes`.
#[derive(Args, Debug)]
pub struct ChangesArguments {
    /// Day, or a commit by any name that git knows: a tag, a branch, HEAD~9
    #[arg(long, value_name = "DATE|REV")]
    pub since: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `supersede` and `amend`.
#[derive(Args, Debug)]
pub struct RelateArguments {
    /// The older record: a path, `decision/9`, a number, a slug or a title
    pub old: String,
    /// The newer record
    pub new: String,
    /// Print what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `confirm`.
#[derive(Args, Debug)]
pub struct ConfirmArguments {
    /// The record: a path, `decision/9`, a number, a slug or a title
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Day by which it is looked at again
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Date,
    /// Why it still holds; the record keeps it
    #[arg(long, value_name = "TEXT")]
    pub because: String,
    /// Print what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `renumber`.
#[derive(Args, Debug)]
pub struct RenumberArguments {
    /// The record: a path, `decision/9`, a number, a slug or a title
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Its new number
    #[arg(value_name = "N")]
    pub number: u32,
    /// Print what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `import`.
#[derive(Args, Debug)]
pub struct ImportArguments {
    /// Folder of the handbook
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// What to write: `front-matter`
    #[arg(long, value_name = "FORM", value_parser = ["front-matter"])]
    pub to: String,
    /// Write the files; without it, the changes are printed
    #[arg(long)]
    pub write: bool,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `schema`.
#[derive(Args, Debug)]
pub struct SchemaArguments {
    /// The kind; without it, all of them
    pub kind: Option<String>,
    #[command(flatten)]
    /// Where.
    pub place: Place,
}

/// Arguments of `lsp`.
#[derive(Args, Debug)]
pub struct LspArguments {
    /// What editors pass to every server; there is no other way to talk
    #[arg(long, hide = true)]
    pub stdio: bool,
    #[command(flatten)]
    /// Where, unless the editor says.
    pub place: Place,
}

impl Cli {
    /// The command line of this process; prints help and ends the process where that is asked for.
    pub fn from_environment() -> Self {
        Self::parse_from(with_query_last(std::env::args_os().collect()))
    }
}

/// The arguments with the words of a search behind all options, so that `-word` excludes a word, wherever it stands. What begins
/// with two dashes is an option, unless `--` goes before.
fn with_query_last(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let command = Cli::command();
    let Some(search) = command.find_subcommand("search").filter(|search| arguments.get(1).is_some_and(|name| name == search.get_name()))
    else {
        return arguments;
    };
    let takes_value = |option: &str| {
        let is_it = |argument: &&Arg| {
            let long = argument.get_long().map(|long| format!("--{long}"));
            let short = argument.get_short().map(|short| format!("-{short}"));
            [long, short].into_iter().flatten().any(|name| name == option)
        };
        search.get_arguments().find(is_it).is_some_and(|argument| argument.get_action().takes_values())
    };
    let mut words = Vec::new();
    let mut rest = arguments.split_off(2).into_iter();
    while let Some(argument) = rest.next() {
        let text = argument.to_str().unwrap_or_default();
        let is_limit = text.strip_prefix("-n").is_some_and(|limit| limit.chars().all(|c| c == '=' || c.is_ascii_digit()));
        if text == "--" {
            words.extend(rest.by_ref());
        } else if text.starts_with("--") || text == "-h" || is_limit {
            let value = if takes_value(text) { rest.next() } else { None };
            arguments.push(argument);
            arguments.extend(value);
        } else {
            words.push(argument);
        }
    }
    if !words.is_empty() {
        arguments.push("--".into());
        arguments.extend(words);
    }
    arguments
}
