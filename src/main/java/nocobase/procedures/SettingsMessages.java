package nocobase.procedures;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.language.Messages;
import org.springframework.context.support.AbstractMessageSource;

/** The texts that annotations of settings name: {@code cluster.settings.image} is {@code settings.image} of that room. */
final class SettingsMessages extends AbstractMessageSource {

    private static final Pattern CODE = Pattern.compile("(\\w+)\\.(settings\\.[\\w.]+)");

    @Override
    protected String resolveCodeWithoutArguments(String code, Locale requested) {
        Matcher matcher = CODE.matcher(code);
        return matcher.matches() ? Messages.of(matcher.group(1)).text(matcher.group(2)) : null;
    }

    /** Only messages with arguments are asked for like this; annotations give none. */
    @Override
    protected MessageFormat resolveCode(String code, Locale requested) {
        return null;
    }
}
