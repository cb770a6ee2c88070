/**
 * A Talkdesk client key in, access tokens out.
 *
 * <p>{@link talkdeskauth.Client#builder()} makes a client, which signs assertions and exchanges grants for tokens. Every error is a
 * {@link talkdeskauth.TalkdeskAuthException}. What is {@code null} is as if it were not given.
 */
package talkdeskauth;
