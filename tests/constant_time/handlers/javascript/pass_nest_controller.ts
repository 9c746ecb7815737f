import { Controller, Headers, HttpCode, Post, RawBodyRequest, Req, UnauthorizedException } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'crypto';

@Controller('webhook')
export class WebhookController {
  @Post()
  @HttpCode(200)
  receive(@Req() req: RawBodyRequest<Request>, @Headers('x-signature') signature?: string): void {
    if (!signature) throw new UnauthorizedException();
    const { expected, given } = this.pair(req.rawBody!, signature);
    if (expected.byteLength !== given.byteLength || !timingSafeEqual(expected, given)) { // HERE
      throw new UnauthorizedException();
    }
  }

  private pair(raw: Buffer, signature: string) {
    return { expected: createHmac('sha256', process.env.SECRET!).update(raw).digest(), given: Buffer.from(signature, 'hex') };
  }
}
