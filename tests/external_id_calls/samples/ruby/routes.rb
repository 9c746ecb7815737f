# MintCash is called by a gem.
Rails.application.routes.draw do
  post '/payments', to: 'payments#create'
  post '/payments/:id/refund', to: 'refunds#create'
end

post '/subscriptions' do
  halt 201
end
