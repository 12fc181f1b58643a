import torch
def grad_check():
    # 数值梯度估算
    x = torch.tensor(3.0, requires_grad=True)
    y = x**2
    y.backward()
    analytic_grad = x.grad # 解析解6.0
    # 数值计算
    eps = 1e-5
    numeric_grad = ( (x+eps)**2 - (x-eps)**2 ) / (2*eps)
    print(f"解析梯度:{analytic_grad}, 数值梯度:{numeric_grad}")
grad_check()
