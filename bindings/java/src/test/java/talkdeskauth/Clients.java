package talkdeskauth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Uses many clients once each. Prints how many more descriptors are open after the last one than after the first one. */
final class Clients {
    private static final int COUNT = 2000;
    private static final ExchangeParameters CREDENTIALS = new ExchangeParameters().grantType("client_credentials");

    private Clients() {
    }

    /** TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CA_FILE, and {@code kept} or {@code dropped}. */
    public static void main(String[] arguments) throws Exception {
        ClientBuilder builder = Client.builder().tokenEndpoint(arguments[0]).clientId(arguments[1]).keyId(arguments[2])
            .privateKeyFile(arguments[3]).caFile(arguments[4]);
        boolean isKept = arguments[5].equals("kept");
        List<Client> kept = new ArrayList<>();
        List<Handle> handles = new ArrayList<>();
        long before = 0;
        for (int number = 1; number <= COUNT; number++) {
            Client client = builder.build();
            client.exchange(CREDENTIALS).close();
            handles.add(client.handle());
            if (isKept) {
                kept.add(client);
            }
            if (number == 1) {
                before = descriptors();
            }
        }
        System.out.println(descriptors() - before);
        if (!isKept) {
            Churn.awaitFreed(handles);
        }
        for (Client client : kept) {
            client.exchange(CREDENTIALS).close();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
