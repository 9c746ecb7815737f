impl Client {
    fn sign_request(&self, request: RequestBuilder, body: &[u8]) -> RequestBuilder {
        let mut mac = HmacSha256::new_from_slice(&self.secret).unwrap();
        mac.update(body);
        request.header("x-api-signature", hex::encode(mac.finalize().into_bytes()))
    }
}
