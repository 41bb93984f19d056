package nocobase.procedures.process;

/** Whether an operation may touch its cluster now. */
public interface Admission {

    /**
     * @return false where a person is asked first: then the operation rests
     * @throws RuntimeException if that cannot be found out at the moment; then nothing may be touched either
     */
    boolean admits(String operation);
}
