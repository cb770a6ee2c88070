// Rendered from src/options/table.rs; `make generate` rewrites it.
package talkdeskauth;

/** The choices of the option {@code region}. */
public enum Region {
    /** {@code us}. */
    US("us"),

    /** {@code eu}. */
    EU("eu"),

    /** {@code ca}. */
    CA("ca"),

    /** {@code au}. */
    AU("au");

    private final String text;

    Region(String text) {
        this.text = text;
    }

    /** The text of the option. */
    @Override
    public String toString() {
        return text;
    }
}
