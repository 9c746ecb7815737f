class Hook {
    boolean webhook(String signature) {
        return System.getenv("SIGNATURE").equals(signature);
    }
}
