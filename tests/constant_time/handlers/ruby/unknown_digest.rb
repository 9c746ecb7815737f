def fresh?(page)
  Digest::SHA256.hexdigest(page) == request.headers["If-None-Match"]
end
