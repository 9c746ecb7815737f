export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(env.SECRET), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const body = await request.arrayBuffer();
    const mac = await crypto.subtle.sign('HMAC', key, body);
    const hex = Array.from(new Uint8Array(mac)).map((b) => b.toString(16).padStart(2, '0')).join('');
    if (hex !== request.headers.get('x-signature')) return new Response('no', { status: 401 }); // HERE
    return new Response('ok');
  },
};
