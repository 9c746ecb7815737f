from fastapi import APIRouter

# Calls MintCash through a client that lives in another package.
router = APIRouter()


@router.post("/payments")
async def create(body: NewPayment):
    return await payments.create(body)
