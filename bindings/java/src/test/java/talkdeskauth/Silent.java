package talkdeskauth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A server that never says a word: a TLS handshake with it does not end, so nothing of a request is sent. */
final class Silent implements AutoCloseable {
    private final ServerSocket socket;

    Silent() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Client client() {
        return Endpoint.builder("ES256").tokenEndpoint("https://127.0.0.1:" + socket.getLocalPort() + "/oauth/token").build();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
