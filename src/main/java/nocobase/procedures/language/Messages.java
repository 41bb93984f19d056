package nocobase.procedures.language;

import java.text.Format;
import java.text.MessageFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.ResourceBundle.Control;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sentences of one room, from {@code nocobase/procedures/<room>/messages.properties} (English) and
 * {@code messages_pt_BR.properties}. Each is a {@link MessageFormat} pattern, so an apostrophe is written twice.
 */
public final class Messages {

    private static final Logger LOG = LoggerFactory.getLogger(Messages.class);
    /** English is the bundle without a suffix: nothing falls back to the machine's own language. */
    private static final Control BUNDLES = Control.getNoFallbackControl(Control.FORMAT_PROPERTIES);

    private final String bundle;

    private Messages(String bundle) {
        this.bundle = bundle;
    }

    public static Messages of(String room) {
        return new Messages("nocobase.procedures." + room + ".messages");
    }

    /**
     * @param arguments for {@code {0}}, {@code {1}} and so on; numbers are shown as they are, without separators, unless the
     *     pattern names a format for them
     */
    public String text(String key, Object... arguments) {
        return text(Language.spoken(), key, arguments);
    }

    /** In every language, for what was written before another one was configured. */
    public List<String> everyText(String key) {
        return Language.ALL.stream().map(language -> text(language, key)).toList();
    }

    private String text(Locale language, String key, Object... arguments) {
        try {
            String pattern = ResourceBundle.getBundle(bundle, language, BUNDLES).getString(key);
            return filled(new MessageFormat(pattern, language), arguments);
        } catch (MissingResourceException e) {
            // A fault of ours, found by a test. Whoever waits for this text still learns what it would have said.
            LOG.error("The text {} is missing in {}", key, bundle);
            return key + " " + Arrays.toString(arguments);
        }
    }

    private static String filled(MessageFormat message, Object[] arguments) {
        Format[] formats = message.getFormatsByArgumentIndex();
        Object[] shown = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            boolean formatted = i < formats.length && formats[i] != null;
            shown[i] = formatted ? arguments[i] : String.valueOf(arguments[i]);
        }
        return message.format(shown);
    }
}
