package nocobase.procedures.cluster;

import java.util.function.Function;

/**
 * What an <em>ensuring</em> call found. Such a call launches what is missing, returns within seconds, and may be repeated
 * at any time, also by another engine instance and after a crash: work that is under way is left alone, and work that is
 * done is reported.
 *
 * @param <T> what the finished work yields
 */
public sealed interface Progress<T> {

    /** Under way; the text is shown to people ("load plugin [users], 46/77"). */
    record Pending<T>(String text) implements Progress<T> {}

    /** The state is reached. */
    record Done<T>(T result) implements Progress<T> {}

    /** The state will not be reached without a person. */
    record Failed<T>(Failure failure) implements Progress<T> {}

    static <T> Progress<T> pending(String text) {
        return new Pending<>(text);
    }

    static <T> Progress<T> done(T result) {
        return new Done<>(result);
    }

    static <T> Progress<T> failed(Failure failure) {
        return new Failed<>(failure);
    }

    /** Goes on with the result if there is one; what is under way or failed stays so. */
    default <R> Progress<R> then(Function<? super T, Progress<R>> next) {
        if (this instanceof Done<T> done) {
            return next.apply(done.result());
        }
        if (this instanceof Failed<T> failed) {
            return failed(failed.failure());
        }
        return pending(((Pending<T>) this).text());
    }
}
