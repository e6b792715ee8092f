//! Questions on a terminal, a line each. What was asked and answered stays on the screen, in any terminal, for a screen reader and
//! in a recording: nothing is drawn over, which is why this needs no library.

use std::io::{BufRead, IsTerminal, Write};

use crate::command::Failure;
use crate::diagnostic::{did_you_mean, nearest};
use crate::style;

/// Asks, and reads the answers.
pub struct Questions<R, W> {
    input: R,
    out: W,
}

/// One of several answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is written.
    pub name: String,
    /// What it means, for who does not know it.
    pub about: String,
}

impl Choice {
    /// `name`, which means `about`.
    pub fn new(name: impl Into<String>, about: impl Into<String>) -> Self {
        Self { name: name.into(), about: about.into() }
    }
}

/// Whether somebody is there who can be asked: not in a pipe, and not on a build server, which may have a terminal, too.
pub fn is_possible() -> bool {
    let is_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    !is_ci && std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Asks on the terminal of this process.
pub fn on_terminal() -> Questions<impl BufRead, impl Write> {
    Questions { input: std::io::stdin().lock(), out: anstream::AutoStream::auto(std::io::stdout().lock()) }
}

impl<R: BufRead, W: Write> Questions<R, W> {
    /// A line of text; `default` is taken for an empty one. Asked again until `check` says nothing against the answer.
    pub fn text(&mut self, question: &str, default: &str, check: impl Fn(&str) -> Result<(), String>) -> Result<String, Failure> {
        loop {
            let answer = self.line(question, default)?;
            match check(&answer) {
                Ok(()) => return Ok(answer),
                Err(reason) => writeln!(self.out, "{reason}")?,
            }
        }
    }

    /// One of `choices`, by its number, its name, or as much of it as no other has. `default` is taken for an empty line.
    pub fn choice(&mut self, question: &str, choices: &[Choice], default: &str) -> Result<String, Failure> {
        self.list(choices)?;
        loop {
            let answer = self.line(question, default)?;
            match picked(&answer, choices).or_else(|| begun(&answer, choices)) {
                Some(name) => return Ok(name.to_owned()),
                None => writeln!(self.out, "{}", unknown(&answer, choices))?,
            }
        }
    }

    /// Several answers with commas between them: names, or numbers of `known` ones. `default` is taken for an empty line.
    pub fn several(&mut self, question: &str, known: &[Choice], default: &str) -> Result<Vec<String>, Failure> {
        self.list(known)?;
        let answer = self.line(question, default)?;
        let parts = answer.split(',').map(str::trim).filter(|part| !part.is_empty());
        Ok(parts.map(|part| picked(part, known).unwrap_or(part).to_owned()).collect())
    }

    fn list(&mut self, choices: &[Choice]) -> Result<(), Failure> {
        let width = choices.iter().map(|choice| choice.name.chars().count()).max().unwrap_or(0);
        let (strong, faint, reset) = (style::STRONG, style::FAINT, style::RESET);
        for (index, Choice { name, about }) in choices.iter().enumerate() {
            let gap = " ".repeat(width - name.chars().count() + 2);
            let about = if about.is_empty() { String::new() } else { format!("{gap}{faint}{about}{reset}") };
            writeln!(self.out, "{:>4}  {strong}{name}{reset}{about}", index + 1)?;
        }
        Ok(())
    }

    fn line(&mut self, question: &str, default: &str) -> Result<String, Failure> {
        let (strong, faint, reset) = (style::STRONG, style::FAINT, style::RESET);
        let offered = if default.is_empty() { String::new() } else { format!(" {faint}[{default}]{reset}") };
        write!(self.out, "{strong}{question}{reset}{offered}: ")?;
        self.out.flush()?;
        let mut answer = String::new();
        if self.input.read_line(&mut answer)? == 0 {
            writeln!(self.out)?;
            return Err(Failure::Usage("not all questions were answered; nothing was written".to_owned()));
        }
        let answer = answer.trim();
        Ok(if answer.is_empty() { default } else { answer }.to_owned())
    }
}

/// The choice that an answer means.
fn picked<'a>(answer: &str, choices: &'a [Choice]) -> Option<&'a str> {
    let by_number = answer.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
    let by_name = || choices.iter().find(|choice| choice.name.eq_ignore_ascii_case(answer));
    by_number.or_else(by_name).map(|choice| choice.name.as_str())
}

/// The only choice that begins with an answer.
fn begun<'a>(answer: &str, choices: &'a [Choice]) -> Option<&'a str> {
    let begins = |choice: &&Choice| !answer.is_empty() && choice.name.to_lowercase().starts_with(&answer.to_lowercase());
    let mut begun = choices.iter().filter(begins);
    begun.next().filter(|_| begun.next().is_none()).map(|choice| choice.name.as_str())
}

fn unknown(answer: &str, choices: &[Choice]) -> String {
    let near = nearest(answer, choices.iter().map(|choice| choice.name.as_str()), 1);
    let hint = did_you_mean(&near).unwrap_or_else(|| format!("write a number from 1 to {}, or a name", choices.len()));
    format!("there is no `{answer}` here; {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(input: &'static str) -> Questions<&'static [u8], Vec<u8>> {
        Questions { input: input.as_bytes(), out: Vec::new() }
    }

    #[test]
    fn a_choice_is_a_number_or_a_name_and_is_asked_for_until_it_is_one() {
        let kinds = [Choice::new("decision", "What was decided."), Choice::new("principle", "What we hold to.")];
        let choose = |input| asked(input).choice("Kind", &kinds, "decision").expect("an answer");
        assert_eq!(["2\n", "Principle\n", "pri\n", "\n"].map(choose), ["principle", "principle", "principle", "decision"]);
        let mut questions = asked("princple\n0\n3\n1\n");
        assert_eq!(questions.choice("Kind", &kinds, "").expect("an answer"), "decision");
        let shown = String::from_utf8(questions.out).expect("text");
        assert!(shown.contains("did you mean `principle`?") && shown.contains("write a number from 1 to 2"), "{shown}");
        assert!(matches!(asked("").choice("Kind", &kinds, "decision"), Err(Failure::Usage(_))), "an end is no answer");
    }

    #[test]
    fn several_names_may_be_new_ones() {
        let people = [Choice::new("Ada", ""), Choice::new("Grace", "")];
        let names = |input| asked(input).several("Authors", &people, "Ada").expect("an answer");
        assert_eq!(names("2, Edsger ,\n"), ["Grace", "Edsger"]);
        assert_eq!(names("\n"), ["Ada"]);
    }
}
