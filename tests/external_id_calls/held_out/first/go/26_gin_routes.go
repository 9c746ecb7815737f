package main

// Routes of the shop; MintCash is behind the service.
func routes(r *gin.Engine, h *Handler) {
	r.POST("/payments", h.Create)
	r.POST("/payments/:id/refund", h.Refund)
	api := r.Group("/v1")
	api.POST("/subscriptions", h.Subscribe)
}
