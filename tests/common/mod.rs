//! Code that the integration tests share.

// Each test crate uses its own part of this.
#![allow(dead_code)]

pub mod cost;
pub mod endpoint;
pub mod host;
pub mod install;
pub mod native;
pub mod proxy;
pub mod server;
pub mod targets;
