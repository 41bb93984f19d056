package nocobase.procedures.language;

import java.util.Collections;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.ResourceBundle.Control;
import java.util.Set;
import java.util.TreeSet;

/**
 * The texts of one room that are taken as they are, from {@code nocobase/procedures/<room>/texts.properties} (English) and
 * {@code texts_pt_BR.properties}: braces and apostrophes mean nothing here. What is in double braces, the reader's form fills
 * in.
 */
public final class PlainTexts {

    private static final Control BUNDLES = Control.getNoFallbackControl(Control.FORMAT_PROPERTIES);

    private final String bundle;

    private PlainTexts(String bundle) {
        this.bundle = bundle;
    }

    public static PlainTexts of(String room) {
        return new PlainTexts("nocobase.procedures." + room + ".texts");
    }

    /** In the installation's language. */
    public Optional<String> find(String key) {
        return find(key, Language.spoken());
    }

    public Optional<String> find(String key, Locale language) {
        try {
            return Optional.of(bundle(language).getString(key));
        } catch (MissingResourceException e) {
            return Optional.empty();
        }
    }

    public Set<String> keys(Locale language) {
        return new TreeSet<>(Collections.list(bundle(language).getKeys()));
    }

    private ResourceBundle bundle(Locale language) {
        return ResourceBundle.getBundle(bundle, language, BUNDLES);
    }
}
