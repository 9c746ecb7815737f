class Files {
    boolean intact(byte[] data, String wanted) throws Exception {
        MessageDigest md = MessageDigest.getInstance("SHA-256");
        return hex(md.digest(data)).equals(wanted);
    }
}
