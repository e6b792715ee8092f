//! `handbook serve`: the site while it is being written.

mod editor;
mod fault;
mod follow;
mod meanwhile;
mod snapshot;

use std::io::Write;
use std::sync::Arc;

use crate::cli::ServeArguments;
use crate::command::{Failure, Outcome, folder, occasion};
use crate::load::Project;
use crate::model::source::ContentHash;
use crate::pipeline::Memo;
use crate::serve::Server;
use follow::Follower;
use meanwhile::Meanwhile;

/// Serves the site and follows what is written.
pub fn run(arguments: &ServeArguments) -> Result<Outcome, Failure> {
    let dir = folder(arguments.folder.as_ref(), &arguments.place).to_owned();
    let project = Project::open(&dir)?;
    if let Ok((config, _)) = project.config() {
        // Who is meant by a name that nobody has can not be mended in the settings alone.
        occasion(&arguments.place.occasion, &config)?;
    }
    let memo = Memo::kept(&project);
    let server = Server::new(Arc::new(Meanwhile::unknown()), if arguments.host.is_loopback() { token() } else { None });
    let occasion = arguments.place.occasion.clone();
    let follower = Follower {
        dir,
        occasion,
        memo,
        shown: None,
        is_polling: arguments.poll,
        trouble: None,
        is_our_fault: false,
        is_searched: false,
        preparing: Arc::default(),
        look: None,
    };
    let updated = server.clone();

    if !arguments.host.is_loopback() {
        say(&format!("warning: {} can be reached from other machines", arguments.host));
    }
    server.run(arguments.host, arguments.port, |address| {
        let url = format!("http://{address}/");
        say(&format!("serving {url}    (Ctrl-C ends it)"));
        std::thread::spawn(move || follower.follow(&updated));
        if arguments.open
            && let Err(error) = open::that_detached(&url)
        {
            say(&format!("no browser could be opened: {error}"));
        }
    })?;
    Ok(Outcome::Fine)
}

/// What nobody can guess: 32 hexadecimal digits. Nothing where the system gives no such numbers.
fn token() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(ContentHash(bytes).hex())
}

fn say(message: &str) {
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    // Nobody reading is no reason to stop serving.
    let _ = writeln!(out, "{message}").and_then(|()| out.flush());
}
