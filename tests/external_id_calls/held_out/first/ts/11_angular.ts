@Injectable({ providedIn: 'root' })
export class CheckoutService {
  constructor(private http: HttpClient) {}
  // Our own backend pays with MintCash.
  create(cart: Cart) {
    return this.http.post<Order>('/api/orders', cart);
  }
}
