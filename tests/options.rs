//! Options of a client: the token endpoint, where it comes from, how it must be spelled and how the assertion names it; and options
//! that contradict each other.

mod common;

use common::endpoint::Endpoint;
use std::fs;
use std::sync::LazyLock;
use talkdesk_auth::{Client, Error, ErrorCode};

static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(Endpoint::start);

type Given<'a> = &'a [(&'a str, &'a str)];

fn client(further: Given<'_>) -> Result<Client, Error> {
    let key = fs::read_to_string(ENDPOINT.client("ES256").private_key_file).expect("it is text");
    Client::new([&[("client_id", "c"), ("key_id", "k"), ("private_key", key.as_str())], further].concat())
}

fn audience(client: &Client) -> String {
    client.assertion([]).expect("the client signs").get("aud").expect("the assertion has an audience").to_owned()
}

#[test]
fn the_audience_is_the_endpoint_exactly_as_it_was_given() {
    for url in [
        "https://acme.talkdeskid.com",
        "https://acme.talkdeskid.com:443/oauth/token",
        "HTTPS://Acme.TalkdeskID.com/oauth/token",
        "https://bücher.example/oauth/token?a=%7e",
    ] {
        let client = client(&[("token_endpoint", url)]).expect(url);
        assert_eq!((client.get("token_endpoint"), audience(&client)), (Some(url), url.to_owned()));
    }
}

#[test]
fn an_account_and_a_region_lead_to_the_vendors_endpoint() {
    for (region, url) in [
        ("us", "https://acme.talkdeskid.com/oauth/token"),
        ("eu", "https://acme.talkdeskid.eu/oauth/token"),
        ("ca", "https://acme.talkdeskidca.com/oauth/token"),
        ("au", "https://acme.talkdeskid.au/oauth/token"),
    ] {
        let event = r#"{"id":"c","account_name":"acme"}"#;
        for account in [("account", "acme"), ("credentials", event)] {
            let client = client(&[account, ("region", region)]).expect(region);
            assert_eq!((audience(&client), client.get("account")), (url.to_owned(), Some("acme")));
        }
    }
    let endpoint =
        client(&[("token_endpoint", "https://t.example"), ("credentials", r#"{"id":"c","account_name":"acme"}"#)]);
    assert_eq!(endpoint.expect("an endpoint").get("account"), None);
}

#[test]
fn the_error_of_a_wrong_endpoint_names_the_option_that_it_comes_from() {
    let linked = |url: &str| format!(r#"{{"id":"c","_links":{{"token":{{"href":"{url}"}}}}}}"#);
    let with_user = linked("https://user@acme.example/oauth/token");
    let plain = linked("http://acme.example/oauth/token");
    #[rustfmt::skip]
    let cases: &[(Given<'_>, &str, &str)] = &[
        (&[("token_endpoint", "https:acme.example/oauth/token")], "token_endpoint", "an unusual spelling"),
        (&[("token_endpoint", "https:/acme.example/oauth/token")], "token_endpoint", "an unusual spelling"),
        (&[("token_endpoint", "https:///acme.example/oauth/token")], "token_endpoint", "an unusual spelling"),
        (&[("token_endpoint", "https:\\\\acme.example/oauth/token")], "token_endpoint", "an unusual spelling"),
        (&[("token_endpoint", "https://acme.example\\oauth/token")], "token_endpoint", "an unusual spelling"),
        (&[("token_endpoint", "https://@acme.example/oauth/token")], "token_endpoint", "an unusual spelling"),
        (&[("token_endpoint", "https://acme.example/oauth token")], "token_endpoint", "an unusual spelling"),
        (&[("token_endpoint", "https://user:pass@acme.example/")], "token_endpoint", "a user or password"),
        (&[("token_endpoint", "https://acme.example/#x")], "token_endpoint", "a fragment"),
        (&[("token_endpoint", "http://acme.example/")], "token_endpoint", "plain HTTP"),
        (&[("token_endpoint", "ftp://acme.example/")], "token_endpoint", "neither https nor http"),
        (&[("token_endpoint", "acme.talkdeskid.com/oauth/token")], "token_endpoint", "not a URL"),
        (&[("account", "xn--a"), ("region", "us")], "account", "the token endpoint that it leads to is not a URL"),
        (&[("credentials", &with_user)], "credentials", "a user or password"),
        (&[("credentials", &plain)], "credentials", "plain HTTP"),
    ];
    for (options, option, says) in cases {
        let error = client(options).expect_err("the endpoint must be refused");
        assert_eq!((error.code(), error.get("option")), (ErrorCode::InvalidOption, Some(*option)), "{error}");
        assert!(error.message().contains(says), "{options:?}: {error}");
    }
}

#[test]
fn an_error_names_both_options_that_contradict_each_other() {
    let url = ("token_endpoint", "https://acme.example/oauth/token");
    for (options, names) in [
        (&[url, ("account", "acme")][..], ["token_endpoint", "account"]),
        (&[url, ("region", "us")], ["token_endpoint", "region"]),
        (&[url, ("private_key_file", "/k")], ["private_key", "private_key_file"]),
        (&[url, ("credentials", "{}"), ("credentials_file", "/c")], ["credentials", "credentials_file"]),
    ] {
        let error = client(options).expect_err("the options must be refused");
        assert!(error.message().contains(&format!("{}: contradicts {}", names[0], names[1])), "{error}");
    }
}

#[test]
fn a_time_is_a_plain_number() {
    let endpoint = ("token_endpoint", "https://acme.example/oauth/token");
    let client = client(&[endpoint]).expect("a client");
    let refused = |name, value| {
        let grant = ("grant_type", "client_credentials");
        let error = client.exchange([grant, (name, value), ("scope", " ")]).expect_err("the value must be refused");
        (error.get("option").map(str::to_owned), error.message().to_owned())
    };
    for value in ["", "-1", "+1", "1e2", "5.", ".5", "1.2.3", " 1", "1 s", "0x1", "inf", "NaN"] {
        assert_eq!(refused("timeout", value).0.as_deref(), Some("timeout"), "{value}");
    }
    for (name, value, says) in [
        ("timeout", "0", "\"0\" is not a number of seconds from 0.001 to 3600"),
        ("timeout", "3601", "\"3601\" is not a number of seconds from 0.001 to 3600"),
        ("assertion_lifetime", "1.5", "\"1.5\" is not a whole number of seconds from 1 to 3600"),
        ("timeout", "soon", "\"soon\" is not a number of seconds from 0.001 to 3600"),
        ("timeout", "99999999999999999999", "a value of 20 bytes is not a number of seconds from 0.001 to 3600"),
    ] {
        let (option, message) = refused(name, value);
        assert_eq!((option.as_deref(), message), (Some(name), format!("{name}: {says}")));
    }
    for value in ["0.001", "3600", "30.0", "0.10000000149011612", "0.0010000000000000000208"] {
        assert_eq!(refused("timeout", value).0.as_deref(), Some("scope"), "{value} must be accepted");
    }
}

#[test]
fn an_invisible_character_is_refused_where_a_server_or_a_file_system_would_see_it() {
    let endpoint = ("token_endpoint", "https://acme.example/oauth/token");
    for (name, value) in [
        ("key_id", "a\u{200B}"),
        ("audience", "\u{FEFF}https://acme.example"),
        ("token_endpoint", "https://acme.example/oauth\u{AD}/token"),
        ("account", "ac\u{2060}me"),
        ("ca_file", "/etc/\u{202A}ca.pem"),
        ("credentials_file", "credentials.json\u{200E}"),
        ("user_agent", "m\u{2028}e"),
    ] {
        let options: Vec<_> =
            [endpoint, (name, value)].into_iter().skip(usize::from(name == "token_endpoint")).collect();
        let error = client(&options).expect_err("the value must be refused");
        assert!(error.message().starts_with(&format!("{name}: an invisible character (U+")), "{error}");
    }
    let client = client(&[endpoint]).expect("a client");
    client.assertion([("claim.note", "a\u{200B}b")]).expect("a claim may have any text");
}

#[test]
fn a_clone_is_the_same_client_and_outlives_it() {
    let client = client(&[("token_endpoint", "https://acme.example/oauth/token")]).expect("a client");
    let clone = client.clone();
    drop(client);
    assert_eq!((clone.get("client_id"), audience(&clone)), (Some("c"), "https://acme.example/oauth/token".to_owned()));
}
