import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.concurrent.Callable;

/** Signs assertions with one library. {@code run.py} explains the arguments and the output. */
public final class Bench {
    private Bench() {
    }

    // Each contender is a class of its own, not a lambda, so that a cold start loads only what its library needs.
    private static Callable<String> contender(String name, Request request, boolean held) throws Exception {
        switch (name) {
            case "nothing":
                return Nothing.INSTANCE;
            case "talkdesk-auth":
                return new TalkdeskAuth(request);
            case "java.security.Signature":
                return new ByHand(request, held);
            case "nimbus-jose-jwt":
                return new Nimbus(request, held);
            case "jjwt":
                return new Jjwt(request, held);
            default:
                throw new IllegalArgumentException(name);
        }
    }

    private enum Nothing implements Callable<String> {
        INSTANCE;

        @Override
        public String call() {
            return "";
        }
    }

    private static void turns(Callable<String> signer) throws Exception {
        Scanner lines = new Scanner(System.in);
        while (lines.hasNextLine()) {
            long nanoseconds = (long) (Double.parseDouble(lines.nextLine()) * 1e9);
            long start = System.nanoTime();
            long now = start;
            long count = 0;
            while (now - start < nanoseconds) {
                for (int call = 0; call < 10; call++) {
                    signer.call();
                }
                count += 10;
                now = System.nanoTime();
            }
            System.out.println("{\"count\": " + count + ", \"seconds\": " + (now - start) / 1e9 + "}");
        }
    }

    public static void main(String[] arguments) throws Exception {
        Request request = new Request(arguments[2], arguments[3], arguments[4], Files.readString(Path.of(arguments[5])), arguments[6]);
        Callable<String> signer = contender(arguments[0], request, arguments[1].equals("held"));
        System.out.println(signer.call());
        if (arguments.length > 7) {
            turns(signer);
        }
    }
}
