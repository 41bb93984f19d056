package nocobase.procedures.cluster;

/**
 * An image that is present on every host of the cluster.
 *
 * @param reference repository and tag
 * @param id the image's content digest as the engine knows it ({@code sha256:…})
 * @param packageVersion NocoBase's version read from the package inside, never believed from the tag
 * @param architecture such as {@code amd64}
 * @param size in bytes, unpacked
 */
public record Image(String reference, String id, Version packageVersion, String architecture, long size) {}
