#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| talkdesk_auth_fuzz::check("answer", input));
