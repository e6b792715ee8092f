//! One binary for all integration tests: it links once.

mod support;

mod architecture;
mod browser;
mod cases;
mod changes;
mod commands;
mod firefox;
mod follow;
mod git;
mod kept;
mod ledger;
mod lists;
mod lsp;
mod neovim;
mod output;
mod properties;
mod questions;
mod search;
mod serve;
mod several;
mod sources;
mod start;
mod tokens;
mod watch;
