import * as crypto from 'crypto';

export class WebhookVerifier {
  private expected = '';
  constructor(private readonly secret: string) {}

  load(raw: Buffer): this {
    this.expected = crypto.createHmac('sha256', this.secret).update(raw).digest('hex');
    return this;
  }

  matches(signature: string | undefined): boolean {
    if (signature == null) return false;
    return signature.toLowerCase() === this.expected.toLowerCase(); // HERE
  }
}
