package talkdeskauth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Makes many objects in batches, first closed, then dropped. Prints by how many bytes the process grew after the first fifth. */
final class Churn {
    private static final int BATCH = 1000;

    private Churn() {
    }

    /** TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE KIND. */
    public static void main(String[] arguments) throws Exception {
        ClientBuilder builder = Client.builder().tokenEndpoint(arguments[0]).clientId(arguments[1]).keyId(arguments[2])
            .privateKeyFile(arguments[3]);
        ExchangeParameters credentials = new ExchangeParameters().grantType("client_credentials");
        try (Client client = builder.build()) {
            switch (arguments[4]) {
                case "clients":
                    churn(100_000, builder::build);
                    break;
                case "assertions":
                    churn(100_000, client::assertion);
                    break;
                case "errors":
                    churn(100_000, () -> error(client));
                    break;
                case "tokens":
                    churn(10_000, () -> client.exchange(credentials));
                    break;
                default:
                    throw new IllegalArgumentException(arguments[4]);
            }
        }
    }

    private static Closable error(Client client) {
        try {
            return client.assertion(new AssertionOptions().set("nonsense", "x"));
        } catch (InvalidOptionException e) {
            return null;
        }
    }

    private static void churn(int count, Supplier<Closable> maker) throws Exception {
        System.out.println("closed " + growth(count, maker, true));
        System.out.println("dropped " + growth(count, maker, false));
    }

    private static long growth(int count, Supplier<Closable> maker, boolean close) throws Exception {
        long before = 0;
        for (int made = 0; made < count; made += BATCH) {
            if (made == count / 5) {
                before = resident();
            }
            awaitFreed(batch(maker, close));
        }
        return resident() - before;
    }

    /** Returns when all that these handles own is freed. Nothing may refer to it any more. */
    static void awaitFreed(List<Handle> handles) throws InterruptedException {
        System.gc();
        // The cleaner's thread runs after the collector; on a busy machine, long after it.
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        for (Handle handle : handles) {
            while (!handle.isFreed()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("dropped and collected, but not freed");
                }
                Thread.sleep(1);
            }
        }
    }

    /** Makes a batch of objects, of which none stays reachable; their handles. */
    private static List<Handle> batch(Supplier<Closable> maker, boolean close) {
        List<Handle> handles = new ArrayList<>();
        for (int number = 0; number < BATCH; number++) {
            Closable object = maker.get();
            if (object != null) {
                handles.add(object.handle());
                if (close) {
                    object.close();
                }
            }
        }
        return handles;
    }

    private static long resident() throws IOException {
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
        return Long.parseLong(pages) * 4096;
    }
}
