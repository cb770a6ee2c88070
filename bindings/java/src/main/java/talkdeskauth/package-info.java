/**
 * Turns a Talkdesk client key into access tokens.
 *
 * <p>{@link talkdeskauth.Client#builder()} makes a client, which signs assertions and exchanges grants for tokens. Every error is a
 * {@link talkdeskauth.TalkdeskAuthException}. A value of {@code null} means not given.
 */
package talkdeskauth;
