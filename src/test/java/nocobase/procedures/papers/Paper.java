package nocobase.procedures.papers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nocobase.procedures.language.Language;

/**
 * A page of this repository that people read: the README, and all that it leads to.
 *
 * @param path below the repository's root
 * @param lines as they stand in the file
 */
public record Paper(Path path, List<String> lines) {

    /** The pages in Portuguese; each bears the name of the English one. */
    static final Path PORTUGUESE = Path.of("docs/pt-BR");

    private static final Pattern HEADING = Pattern.compile("(#{1,6}) (.*)");
    private static final Pattern CODE = Pattern.compile("`[^`]*`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    /**
     * A heading.
     *
     * @param level 1 for the page's own
     */
    record Heading(int level, String text) {

        /** What GitHub makes of it. */
        String anchor() {
            return text.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{M}\\p{N}_\\- ]", "")
                    .replace(' ', '-');
        }
    }

    /** All of them, of both languages. */
    public static List<Paper> all() throws IOException {
        List<Paper> papers = new ArrayList<>();
        for (Path folder : List.of(Path.of(""), Path.of("docs"), PORTUGUESE)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".md"))
                        .sorted()
                        .toList()) {
                    papers.add(new Paper(file, Files.readAllLines(file)));
                }
            }
        }
        return papers;
    }

    /** Those of one language. */
    public static List<Paper> in(Locale language) throws IOException {
        return all().stream().filter(paper -> paper.language().equals(language)).toList();
    }

    static Paper at(String path) throws IOException {
        return new Paper(Path.of(path), Files.readAllLines(Path.of(path)));
    }

    Locale language() {
        return path.startsWith(PORTUGUESE) || path.toString().endsWith(".pt-BR.md")
                ? Language.PORTUGUESE
                : Language.ENGLISH;
    }

    /** All of it on one line: a line's end is a blank. */
    public String text() {
        return String.join("\n", lines).replaceAll("\\s*\\n\\s*", " ");
    }

    @Override
    public String toString() {
        return path.toString();
    }

    List<Heading> headings() {
        return prose().stream()
                .map(HEADING::matcher)
                .filter(line -> line.matches())
                .map(line -> new Heading(line.group(1).length(), line.group(2)))
                .toList();
    }

    /** Where its links and pictures lead, as they are written. */
    List<String> links() {
        return found(LINK, CODE.matcher(String.join("\n", prose())).replaceAll(""), 1);
    }

    /** What stands between backticks within a line. */
    List<String> code() {
        return found(CODE, String.join("\n", prose()), 0).stream()
                .map(code -> code.substring(1, code.length() - 1))
                .toList();
    }

    /** The text of its fenced blocks of one kind, for example {@code yaml}; "" is no kind. */
    List<String> blocks(String kind) {
        List<String> blocks = new ArrayList<>();
        StringBuilder block = null;
        for (String line : lines) {
            if (block == null && line.equals("```" + kind)) {
                block = new StringBuilder();
            } else if (block != null && line.startsWith("```")) {
                blocks.add(block.toString());
                block = null;
            } else if (block != null) {
                block.append(line).append('\n');
            }
        }
        return blocks;
    }

    /** Its lines without fenced blocks. */
    List<String> prose() {
        List<String> prose = new ArrayList<>();
        boolean fenced = false;
        for (String line : lines) {
            if (line.startsWith("```")) {
                fenced = !fenced;
            } else if (!fenced) {
                prose.add(line);
            }
        }
        return prose;
    }

    private static List<String> found(Pattern pattern, String text, int group) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(group))
                .toList();
    }
}
